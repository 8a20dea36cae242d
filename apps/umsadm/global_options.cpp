#include "global_options.hpp"

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "ticket.hpp"

namespace umsadm::app {
namespace {

ColorMode parse_color(const std::string& text) {
    if (text == "auto") return ColorMode::automatic;
    if (text == "always") return ColorMode::always;
    if (text == "never") return ColorMode::never;
    throw Error(Code::usage, fmt::format("{} is not one of auto, always, never", in_quotes(text)));
}

ValueReader read_site(std::string& site) {
    return {[&site](const std::string& text) {
                if (text.empty()) throw Error(Code::usage, "a path must not be empty");
                site = text;
            },
            false};
}

ValueReader read_separator(std::string& separator) {
    return {[&separator](const std::string& text) {
                if (text.empty() || text.find_first_of("\"\r\n") != std::string::npos) {
                    throw Error(Code::usage, "a separator must not be empty nor hold a double quote or a line break");
                }
                separator = text == "\\t" ? "\t" : text;
            },
            false};
}

}  // namespace

void add_global_options(Command& root, GlobalOptions& options) {
    root.heading("Global options, before or after the command")
        .option("--site", "DIR",
                "the site to work on (default: $UMSADM_SITE, else /etc/umsadm for root, else "
                "~/.config/umsadm)",
                read_site(options.site))
        .option("--ticket", "TEXT",
                "the change request that this run belongs to; every line of the audit log gets it "
                "(default: $UMSADM_TICKET)",
                {[&options](const std::string& text) { options.ticket = parse_ticket(text); }, false})
        .flag("--json", "print exactly one JSON document, also on error", options.output.json)
        .flag("--machine-readable", "print rows of values", options.output.machine_readable)
        .option("--separator", "S", "what separates the values of a row (default: \";\")",
                read_separator(options.output.separator))
        .flag("--no-header", "print no line with the names of the columns", options.no_header)
        .flag("--quiet", "print nothing but errors (and JSON)", options.output.quiet)
        .flag("--verbose", "say more about what is being done", options.output.verbose)
        .flag("--yes", "answer yes to every question", options.yes)
        .option("--color", "auto|always|never",
                "colours: on a terminal only, always, or never (default: auto; NO_COLOR "
                "is honoured)",
                {[&options](const std::string& text) { options.output.color = parse_color(text); }, false});
}

void check_global_options(const GlobalOptions& options) {
    if (options.output.json && options.output.machine_readable) {
        throw Error(Code::usage, "--json and --machine-readable cannot be used together");
    }
    if (options.output.quiet && options.output.verbose) {
        throw Error(Code::usage, "--quiet and --verbose cannot be used together");
    }
}

}  // namespace umsadm::app
