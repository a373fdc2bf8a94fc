## Antrean, rincian dan pemeriksaan

field-note = Catatan
