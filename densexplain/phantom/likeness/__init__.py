"""How like real radiographs phantoms are."""
