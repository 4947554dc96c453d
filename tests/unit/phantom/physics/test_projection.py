"""Paths through solids of which the length is known in closed form."""

import numpy as np
import pytest

from densexplain.errors import OptionError, ShapeError
from densexplain.phantom.physics.materials import Material, linear_attenuation
from densexplain.phantom.physics.projection import Projector
from densexplain.phantom.solids.solids import Grid, ellipsoid
from densexplain.phantom.solids.surface import Surface, cut, joined
from densexplain.phantom.solids.topology import Topology

PARALLEL = Projector(120, 100, 0.5, (60.0, 50.0), None)


def _slab(half_x: float = 12.0, half_y: float = 12.0, half_z: float = 4.0) -> Surface:
    corners = np.array([(x, y, z) for x in (-half_x, half_x) for y in (-half_y, half_y) for z in (-half_z, half_z)])
    faces = ((1, 3, 2, 0), (5, 7, 6, 4)[::-1], (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
    triangles = np.array([t for a, b, c, d in faces for t in ((a, b, c), (a, c, d))])
    surface = Surface(corners, Topology(triangles))
    return surface if surface.volume_mm3 > 0 else surface.turned()


def _ball(radius: float = 10.0) -> Surface:
    edge = radius + 2.0
    solid = ellipsoid((0.0, 0.0, 0.0), (radius, radius, radius))
    return Grid.of(solid, (-edge, -edge, -edge), (edge, edge, edge), 0.6).surface()


def test_a_slab_attenuates_as_beer_and_lambert_say():
    path = PARALLEL.path_length(_slab())
    mu = linear_attenuation(Material.CORTICAL_BONE, 40.0)
    assert mu == pytest.approx(0.6655 * 1.92 / 10)
    np.testing.assert_allclose(np.exp(-mu * path[40:80, 30:70]), np.exp(-mu * 8.0), rtol=1e-6)
    assert path[:30].max() == 0.0


def test_rays_of_a_point_source_cross_a_slab_at_a_slant():
    projector = Projector(100, 100, 0.5, (50.0, 50.0), 300.0)
    path = projector.path_length(_slab())
    x, y = (60.5 - 50) * 0.5, (40.5 - 50) * 0.5
    assert path[40, 60] == pytest.approx(8.0 * np.sqrt(1 + (x**2 + y**2) / 300.0**2), rel=1e-6)


def test_chords_of_a_ball_are_those_of_the_sphere():
    path = PARALLEL.path_length(_ball())
    y, x = (np.indices(path.shape) + 0.5 - np.array([60.0, 50.0])[:, None, None]) * 0.5
    inside = x**2 + y**2 < 8.0**2
    np.testing.assert_allclose(path[inside], 2 * np.sqrt(100.0 - x[inside] ** 2 - y[inside] ** 2), rtol=0.02)
    assert path.sum() * 0.25 == pytest.approx(4 / 3 * np.pi * 1000, rel=0.01)


def test_parts_of_a_cut_solid_make_up_the_whole():
    ball = _ball()
    below, above = cut(ball, ball.vertices[:, 1] - 2.0 + np.sin(ball.vertices[:, 0]))
    assert below.volume_mm3 + above.volume_mm3 == pytest.approx(ball.volume_mm3)
    both = PARALLEL.path_length(joined([below, above]))
    np.testing.assert_allclose(both, PARALLEL.path_length(ball), atol=1e-6)
    assert PARALLEL.path_length(above)[:55].max() < 1e-6


def test_a_cut_beside_the_solid_leaves_it_whole():
    slab = _slab()
    below, above = cut(slab, slab.vertices[:, 1] - 100.0)
    assert below.volume_mm3 == pytest.approx(slab.volume_mm3)
    assert len(above.triangles) == 0


def test_a_solid_beyond_the_border_is_cut_off_there():
    path = PARALLEL.path_length(_slab().mapped(lambda places: places + np.array([25.0, 0.0, 0.0])))
    assert path[60, 99] == pytest.approx(8.0)
    assert path[60, 70] == 0.0
    assert PARALLEL.path_length(_slab().mapped(lambda places: places + 500.0)).max() == 0.0


def test_an_open_surface_is_refused():
    slab = _slab()
    with pytest.raises(ShapeError, match="must close"):
        PARALLEL.path_length(Surface(slab.vertices, Topology(slab.triangles[1:])))


def test_arrays_of_another_shape_are_refused():
    with pytest.raises(ShapeError, match="vertices"):
        Surface(np.zeros((3, 2)), Topology(np.zeros((1, 3), np.int64)))
    with pytest.raises(ShapeError, match="triangles"):
        Topology(np.zeros((1, 2), np.int64))


@pytest.mark.parametrize("options", [{"rows": 0}, {"pitch_mm": 0.0}, {"samples": 0}])
def test_a_projector_without_rays_is_refused(options):
    with pytest.raises(OptionError, match="above zero"):
        Projector(**{"rows": 10, "columns": 10, "pitch_mm": 1.0, **options})


def test_energies_outside_the_table_are_refused():
    with pytest.raises(OptionError, match="30 to 80 keV"):
        linear_attenuation(Material.FAT, 120.0)


@pytest.mark.parametrize(
    ("material", "energy_kev", "per_mm"),
    [  # mass attenuation of Elam, Ravel and Sieber, Radiat Phys Chem 63 (2002), times the density
        (Material.TITANIUM, 40.0, 2.2126 * 0.454),
        (Material.LEAD, 60.0, 5.0197 * 1.135),
        (Material.STEEL, 50.0, 1.9574 * 0.787),
        (Material.SOFT_TISSUE, 30.0, 0.3790 * 0.106),
        (Material.SOFT_TISSUE, 50.0, 0.2264 * 0.106),
        (Material.CORTICAL_BONE, 40.0, 0.6655 * 0.192),
        (Material.PLASTER, 40.0, 0.7621 * 0.090),
    ],
)
def test_coefficients_agree_with_another_table(material, energy_kev, per_mm):
    assert linear_attenuation(material, energy_kev) == pytest.approx(per_mm, rel=2e-3)
