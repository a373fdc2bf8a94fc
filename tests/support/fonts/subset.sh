#!/usr/bin/env bash
# Makes the two fonts of the screenshots: JetBrains Mono (Debian package fonts-jetbrains-mono, OFL 1.1) cut down to
# Latin, punctuation, arrows, double lines, shapes and ticks. Light and heavy lines, blocks and braille are drawn by
# the rasteriser itself. `pip install fonttools; ./subset.sh FOLDER_WITH_JETBRAINS_MONO`
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
characters="U+0020-017E,U+02C6,U+02DC,U+2010-2015,U+2018-201E,U+2020-2022,U+2026,U+202F,U+2030,U+2032,U+2033,U+2039,\
U+203A,U+20AC,U+2122,U+2190-2199,U+21D0-21D5,U+21E7,U+2212,U+221E,U+2248,U+2260,U+2264,U+2265,U+2550-256C,U+2571-2573,\
U+25A0-25FF,U+2600-2611,U+26A0,U+2713-2718,U+276F,U+FFFD"
for weight in Regular Bold; do
  pyftsubset "$1/JetBrainsMono-$weight.ttf" --unicodes="$characters" --layout-features='' --no-hinting --notdef-outline \
    --name-IDs='0,1,2,3,4,5,6,13,14' --drop-tables+=DSIG,GPOS,GSUB,GDEF --output-file="$here/JetBrainsMono-$weight.ttf"
done
