"""The tables of the page about the distance from the limit."""

from widelimit.tables.columns import INDEX, STEP, WIDTH, Table, count, real

START, MOVEMENT = (
    real("start", "standard deviation over initialisations of own-kernel - NTK prediction"),
    real(
        "movement",
        "mean over initialisations of network - own-kernel prediction",
        "theory has no finite value",
    ),
)

PREDICTED_POINTS = Table(
    "predicted_points.parquet",
    "what the theory of finite width predicts at one test point, width and step",
    (WIDTH, STEP, INDEX, START, MOVEMENT),
)

BORDER_UNITS = Table(
    "border_units.parquet",
    "one unit of an infinitely wide network beside the border of a training point, at one step",
    (
        count("point", "number of the training point"),
        count("sign", "of the unit's output weight a, 1 or -1"),
        count("unit", "number of the unit"),
        STEP,
        real("z", "distance x.b from the border, over s |a|; the unit is on where it is positive"),
    ),
)

POINTS = Table(
    "distance/points.parquet",
    "networks and theory at one test point, width and step",
    (
        WIDTH,
        STEP,
        INDEX,
        real("start", "root mean square over seeds of own-kernel - NTK prediction"),
        START.but(name="start_predicted"),
        real("movement", "mean over seeds of network - own-kernel prediction"),
        real("movement_error", "standard error of it", "fewer than two seeds"),
        MOVEMENT.but(name="movement_predicted"),
    ),
)

TABLES = {"predicted_points": PREDICTED_POINTS, "border_units": BORDER_UNITS, "points": POINTS}
