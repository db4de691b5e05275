// Files that are called scripts and are none: null bytes where a text begins, which no script holds there.

rule no_script : file {
    meta: label = "pkg.foreign_blob"
    strings:
        $ = /\x00{12}/
    condition: for any of them : ( $ in (0..2048) )
}
