#include "completion_scripts.hpp"

namespace umsadm::app {

// "umsadm" may be a path, also one that begins with "~/", or an alias.
const std::string_view k_bash_completion = R"(# Completion of umsadm for bash, made by "umsadm completion bash".
_umsadm() {
    local program=${COMP_WORDS[0]/#\~\//$HOME/} kind text rest before=
    type -P "$program" >/dev/null || program=umsadm
    COMPREPLY=()
    while IFS=$'\t' read -r kind text rest; do
        case $kind in
            word) COMPREPLY+=("$text") ;;
            part) COMPREPLY+=("$text") && compopt -o nospace ;;
            before) before=$text ;;
            file) mapfile -t COMPREPLY < <(compgen -f -P "$before" -- "$text") && compopt -o filenames ;;
            folder) mapfile -t COMPREPLY < <(compgen -d -P "$before" -- "$text") && compopt -o filenames ;;
        esac
    done < <("$program" complete bash "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
}
complete -F _umsadm umsadm
)";

const std::string_view k_zsh_completion = R"(#compdef umsadm
# Completion of umsadm for zsh, made by "umsadm completion zsh".
_umsadm() {
    local program=${${(Q)words[1]}/#\~\//$HOME/} line
    local -a parts whole open
    (( $+commands[$program] )) || [[ $program == */* ]] || program=umsadm
    for line in "${(@f)$("$program" complete -- "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}"; do
        parts=("${(@ps:\t:)line}")
        case $parts[1] in
            file|folder)
                compset -p $#parts[2]
                [[ $parts[1] == file ]] && _files || _files -/
                return ;;
            word|part)
                line=${${parts[2]//\\/\\\\}//:/\\:}${parts[3]:+:$parts[3]}
                [[ $parts[1] == word ]] && whole+=("$line") || open+=("$line") ;;
        esac
    done
    _describe -V umsadm whole -- open -S ''
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _umsadm "$@"
else
    compdef _umsadm umsadm
fi
)";

const std::string_view k_fish_completion = R"(# Completion of umsadm for fish, made by "umsadm completion fish".
function __umsadm_paths --argument-names kind before typed
    # A word that is nothing but a path is taken as it was typed: it may begin with "~".
    set -l path (commandline -ct)
    test -z "$before"; or set path (string sub -s (math 1 + (string length -- $before)) -- $typed | string escape)
    set -l found (complete -C "umsadm-has-no-such-command $path")
    test $kind = file; or set found (string match -r '.*/$' -- $found)
    set -q found[1]; and printf '%s\n' "$before"$found
end
function __umsadm_complete
    set -l words (commandline -opc)
    set -l program (string replace -r '^~/' $HOME/ -- $words[1])
    set -l typed (commandline -ct | string unescape)
    for line in ($program complete -- $words[2..-1] "$typed" 2>/dev/null)
        set -l parts (string split -m 2 \t -- $line)
        switch $parts[1]
            case word part
                printf '%s\t%s\n' $parts[2] "$parts[3]"
            case file folder
                __umsadm_paths $parts[1] "$parts[2]" "$typed"
        end
    end
end
complete -c umsadm -f -k -a '(__umsadm_complete)'
)";

}  // namespace umsadm::app
