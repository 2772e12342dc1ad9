"""
How good the routes are: against public instances, against what is proven, and against other solvers.

``instances`` and ``toptw`` take public TOPTW instances, ``cities`` and ``synthetic`` whole registers made from a seed;
``peers`` is a family of other people's solvers, one file a member. Whatever comes back is judged by code that shares
nothing with the solver: ``referee`` for the public instances, the checker of every real plan for the cities.
"""
