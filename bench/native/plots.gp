# Draws what bench_native measured: gnuplot -e "folder='build/release/bench'" bench/native/plots.gp
set terminal svg size 900,600 background "white"
set datafile separator ","
set key outside right top
set logscale xy
set grid
set ylabel "ns a candidate"
do for [name in "native_fusion_by_candidates native_filter_by_candidates native_by_operations"] {
  file = folder . "/" . name . ".csv"
  set output folder . "/" . name . ".svg"
  set xlabel (name eq "native_by_operations" ? "operations of the formula" : "candidates")
  stats file skip 1 nooutput
  plot for [i = 2:STATS_columns] file using 1:i with linespoints title columnheader(i)
}
