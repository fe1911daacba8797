"""Full-batch gradient descent on L = 1/2 sum_i |y_i - f(x_i)|^2: `train` and its engines."""

from widelimit.training.descent import TrainingResult, train
from widelimit.training.failures import TrainingCollapsed, TrainingDiverged

__all__ = ["TrainingCollapsed", "TrainingDiverged", "TrainingResult", "train"]
