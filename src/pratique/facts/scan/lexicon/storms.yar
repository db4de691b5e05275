// What fills the memory, or deletes all there is: no word alone would tell, so these say that a file is worth reading.

rule endless_growth : worth
{
    strings:
        $ = /while\s+(True|1)\s*:(\s|\\n)*[A-Za-z_]\w{0,40}\s*((\*=|\*\*=)\s*\w|\+=\s*[A-Za-z_\[(]|=\s*[A-Za-z_\[(][\w\])]{0,40}\s*[+*]\s*[\w\[(])/
    condition: any of them
}

rule endless_forks : worth
{
    strings:
        $ = /while\s+(True|1)\s*:(\s|\\n|;)*(os\.)?fork\s*\(/
    condition: any of them
}

rule huge_count : worth
{
    strings:
        $ = /[\]"')]\s*\*\s*\(?\s*(10\s*\*\*\s*(9|[1-9][0-9])|[1-9][0-9_]{9}|[12]\s*<<\s*(3[0-9]|[4-9][0-9])|2\s*\*\*\s*(3[0-9]|[4-9][0-9]))/
    condition: any of them
}

rule wiped_home : worth
{
    strings:
        $ = /rmtree\s*\(\s*(os\.path\.expanduser\s*\(\s*)?["'](~|\/|[A-Za-z]:)[\/\\]*["']/
    condition: any of them
}
