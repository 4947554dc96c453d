"""What weakens the rays: linear attenuation coefficients of tissues, metals and plaster."""

from __future__ import annotations

from enum import StrEnum, unique

import numpy as np

from densexplain.errors import OptionError


@unique
class Material(StrEnum):
    """Everything that a phantom is made of."""

    SOFT_TISSUE = "soft tissue"
    FAT = "fat"
    CORTICAL_BONE = "cortical bone"
    SPONGY_BONE = "spongy bone"
    TITANIUM = "titanium"
    STEEL = "steel"
    PLASTER = "plaster"
    GLASS = "glass"
    LEAD = "lead"


_ENERGIES_KEV = (30.0, 40.0, 50.0, 60.0, 80.0)

_MASS_ATTENUATION = {  # cm2/g at `_ENERGIES_KEV`, and the density in g/cm3
    Material.SOFT_TISSUE: ((0.3790, 0.2688, 0.2264, 0.2048, 0.1823), 1.06),
    Material.FAT: ((0.3063, 0.2396, 0.2123, 0.1974, 0.1800), 0.95),
    Material.CORTICAL_BONE: ((1.331, 0.6655, 0.4242, 0.3148, 0.2229), 1.92),
    Material.TITANIUM: ((4.972, 2.214, 1.213, 0.7661, 0.4052), 4.54),
    Material.STEEL: ((8.176, 3.629, 1.958, 1.205, 0.5952), 7.87),
    Material.PLASTER: ((1.562, 0.7621, 0.4730, 0.3426, 0.2341), 0.90),
    Material.GLASS: ((1.026, 0.5305, 0.3517, 0.2705, 0.2012), 2.50),
    Material.LEAD: ((30.32, 14.36, 8.041, 5.021, 2.419), 11.35),
}
"""NIST, X-ray mass attenuation coefficients, tables 3 and 4 (ICRU Report 44 tissues).

Steel is iron. Plaster is gypsum of the density of a bandage, glass is
soda-lime glass (73 % silica, 14 % Na2O, 9 % CaO, 4 % MgO), both by the mixture
rule. All agree to 0.2 % with the tables of Elam, Ravel and Sieber, Radiat Phys
Chem 63 (2002).
"""

_SPONGY_SHARE = 0.24
"""Share of the volume of spongy bone that is bone; the rest is marrow, taken as fat."""


def linear_attenuation(material: Material, energy_kev: float) -> float:
    """Weakening of a narrow beam by a millimetre of a material.

    Parameters
    ----------
    material
        What the rays cross.
    energy_kev
        Effective energy of the beam, 30 to 80 keV; extremities are taken at 50
        to 70 kV, which is 33 to 45 keV.

    Returns
    -------
    float
        Linear attenuation coefficient, per millimetre.

    Raises
    ------
    OptionError
        If the energy lies outside the table.

    References
    ----------
    Hubbell and Seltzer, NISTIR 5632 (1995); interpolated linearly in the
    logarithms of energy and coefficient.
    """
    if not _ENERGIES_KEV[0] <= energy_kev <= _ENERGIES_KEV[-1]:
        raise OptionError(
            f"`energy_kev` must be {_ENERGIES_KEV[0]:g} to {_ENERGIES_KEV[-1]:g} keV; received {energy_kev:g}"
        )
    if material is Material.SPONGY_BONE:
        bone, marrow = (linear_attenuation(part, energy_kev) for part in (Material.CORTICAL_BONE, Material.FAT))
        return _SPONGY_SHARE * bone + (1.0 - _SPONGY_SHARE) * marrow
    coefficients, density = _MASS_ATTENUATION[material]
    mass = np.exp(np.interp(np.log(energy_kev), np.log(_ENERGIES_KEV), np.log(coefficients)))
    return float(mass * density / 10.0)
