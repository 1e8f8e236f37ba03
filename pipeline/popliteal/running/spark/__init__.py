"""The step of the local pool on Spark.

``frames`` says what travels, ``recipe`` how a worker comes by its engine, ``engine`` drives ``popliteal batch``, and
``dataframe`` reads a Spark DataFrame that somebody has.
"""
