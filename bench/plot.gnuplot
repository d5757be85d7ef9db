# SPDX-License-Identifier: MIT
# Drawn by bench/run, which says before: the data blocks $peer, $best and $weft,
# the labels of the y axis, the number of rows, and the output.

set terminal svg size 900, 22 * rows + 110 font "sans-serif,12" background "white"
set logscale x
set xrange [0.5:*]
set yrange [0.4:rows + 0.6]
set xlabel "times the floor (logarithmic): the further left, the faster"
set title "Each workload's time beside the least that the machine allows"
set key outside top center horizontal
set grid x y linecolor "#e4e4e4" linetype 1
set format x "%g"
set arrow from 1, graph 0 to 1, graph 1 nohead linecolor "#404040" linewidth 1
set border 3
set tics nomirror out
plot $peer using 1:2 with points pointtype 6 pointsize 0.5 \
         linecolor "#9a9a9a" title "peers", \
     $best using 1:2 with points pointtype 7 pointsize 0.7 \
         linecolor "#303030" title "best peer", \
     $weft using 1:2 with points pointtype 7 pointsize 0.9 \
         linecolor "#d2401f" title "weft"
