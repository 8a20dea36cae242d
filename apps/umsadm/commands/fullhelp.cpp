#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "../context.hpp"
#include "../help.hpp"
#include "../man_page.hpp"
#include "../version.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

enum class HelpFormat { text, man };

ValueReader into_format(HelpFormat& target) {
    return {[&target](const std::string& text) {
                if (text != "text" && text != "man") {
                    throw Error(Code::usage, fmt::format("{} is neither \"text\" nor \"man\"", in_quotes(text)));
                }
                target = text == "man" ? HelpFormat::man : HelpFormat::text;
            },
            false};
}

ExitCode run_fullhelp(HelpFormat format, const Command& root, Context& ctx) {
    const std::string text =
        format == HelpFormat::man ? man_page(root, version(), version_date()) : full_help_text(root);
    ctx.out.result({{"help", text}});
    if (!ctx.out.json()) ctx.out.raw_text(text);
    return ExitCode::done;
}

}  // namespace

void add_fullhelp(Command& root) {
    const auto format = std::make_shared<HelpFormat>(HelpFormat::text);
    root.command("fullhelp", "Print the help of every command")
        .option("--format", "text|man", "for reading here, or the source of the manual page umsadm(1) (default: text)",
                into_format(*format))
        .example("umsadm fullhelp", "everything, one command after the other")
        .example("umsadm fullhelp --format man | man -l -", "as a manual page, where it is not installed")
        .run([&root, format](Context& ctx) { return run_fullhelp(*format, root, ctx); });
}

}  // namespace umsadm::app
