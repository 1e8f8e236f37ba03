"""Chart review: a sample of a cohort's patients, read and judged by people, in a local web application.

``sampling`` draws the charts, ``store`` keeps what reviewers decide, ``charts`` puts a patient's notes together,
``estimates`` says what the answers mean for the cohort; ``app`` and ``security`` serve the pages, ``exports`` writes
files.
"""
