import numpy as np

from hemoscope.claims.arithmetic.split import keras_validation_supports


def test_every_class_is_drawn_from_its_own_images():
    images = [40, 25, 35]
    supports = keras_validation_supports(images, seed=7, share=0.2)
    assert sum(supports) == 20
    assert all(0 <= s <= n for s, n in zip(supports, images, strict=True))


def test_against_shuffling_the_labels_themselves():
    labels = np.repeat(np.arange(3), [40, 25, 35])
    np.random.RandomState(7).shuffle(labels)
    expected = np.bincount(labels[-20:], minlength=3).tolist()
    assert keras_validation_supports([40, 25, 35], seed=7, share=0.2) == expected


def test_another_seed_gives_another_split():
    images = [1218, 3117, 1551, 2895, 1214, 1420, 3329, 2348]
    first = keras_validation_supports(images, seed=42, share=0.2)
    assert first == [237, 596, 294, 602, 241, 307, 679, 462]
    assert keras_validation_supports(images, seed=43, share=0.2) != first
