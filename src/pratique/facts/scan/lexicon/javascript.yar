// Files that are called scripts and are none: null bytes where a text begins, which no script holds there.

rule no_script : file {
    meta: label = "pkg.foreign_blob"
    strings:
        $ = /\x00{12}/
    condition: for any of them : ( $ in (0..2048) )
}

// Encoders that write code with signs only: jjencode and aaencode. JSFuck is among the known tools.
rule signs_only : file {
    meta: label = "obf.tool"
    strings:
        $ = /\$=~\[\];\$=\{___:\+\+\$/
        $ = { EF BE 9F CF 89 EF BE 9F EF BE 89 }
    condition: any of them
}
