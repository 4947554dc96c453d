"""A network ready for its first step: weights, optimizer, loss."""

from __future__ import annotations

import keras

from densexplain.classifier.engines.keras.layers import build_network
from densexplain.classifier.engines.keras.start import make_deterministic
from densexplain.classifier.engines.keras.weights import set_tensors, tensors_of
from densexplain.classifier.model_sets.weights import Tensors
from densexplain.classifier.wiring.outline import HEAD
from densexplain.classifier.wiring.registry import ARCHITECTURES
from densexplain.training.initial import InitialWeights
from densexplain.training.labels import FindingAccuracy, label_loss
from densexplain.training.recipe import Recipe
from densexplain.training.regions.supervised_network import SupervisedNetwork
from densexplain.training.schedule import LearningRateByStep


def compiled_network(recipe: Recipe, initial: InitialWeights, steps_in_all: int) -> keras.Model:
    """Build a recipe's network for images of any size.

    Parameters
    ----------
    recipe
        Architecture, seed, precision, optimizer and schedule.
    initial
        Weights to start from; what they do not name stays random, by the seed.
    steps_in_all
        Steps of the whole run, over which the learning rate takes its course.
    """
    make_deterministic()
    keras.utils.set_random_seed(recipe.seed)
    keras.mixed_precision.set_global_policy(recipe.precision)
    model = build_network(ARCHITECTURES[recipe.architecture], None, 1 + len(recipe.groups))
    keras.mixed_precision.set_global_policy("float32")
    set_tensors(model, tensors_of(model) | _fitting(initial.tensors, model))
    if recipe.regions:
        model = SupervisedNetwork(model, recipe.regions)
    rate = LearningRateByStep(recipe.schedule, recipe.learning_rate, recipe.warmup, steps_in_all)
    model.compile(
        optimizer=keras.optimizers.Adam(
            rate,
            beta_1=recipe.beta1,
            beta_2=recipe.beta2,
            global_clipnorm=recipe.clip_norm or None,
            use_ema=recipe.averaging > 0,
            ema_momentum=recipe.averaging,
        ),
        loss=label_loss(recipe.groups),
        metrics=[FindingAccuracy(name="accuracy")],
        # XLA's convolutions are slow on a CPU under TensorFlow; JAX has no other way.
        jit_compile=keras.config.backend() == "jax",
    )
    # Variables made in the first step, like those of a metric that is named only, have TensorFlow trace it anew.
    model.optimizer.build(model.trainable_variables)
    return model


def _fitting(tensors: Tensors, model: keras.Model) -> Tensors:
    """Initial weights without a head of other units, which stays random."""
    units = model.output_shape[-1]
    head = (f"{HEAD}/kernel", f"{HEAD}/bias")
    return {name: tensor for name, tensor in tensors.items() if name not in head or tensor.shape[-1] == units}
