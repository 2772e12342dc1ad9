"""
Priorities from history: what a place's record says about the next visit, learned, counted in points, and tested.

``history`` and ``known`` say what was known on a day; ``terms`` are the lines a card may have; ``card`` adds them up;
``fit`` learns a card; ``backtest`` asks how much earlier it would have found what was found.
"""
