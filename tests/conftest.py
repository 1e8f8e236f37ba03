"""What all tests share."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# A busy machine is no defect of the code: no example is failed for the time that it took.
settings.register_profile("popliteal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("popliteal")
