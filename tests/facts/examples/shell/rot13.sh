# expect: decoded-code-run | source: T1027.010
echo 'rpub ybbx' | tr 'A-Za-z' 'N-ZA-Mn-za-m' | sh
