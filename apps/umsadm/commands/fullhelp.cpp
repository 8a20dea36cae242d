#include <nlohmann/json.hpp>

#include "../context.hpp"
#include "../help.hpp"
#include "commands.hpp"

namespace umsadm::app {

void add_fullhelp(Command& root) {
    root.command("fullhelp", "Print the help of every command").run([&root](Context& ctx) {
        const std::string text = full_help_text(root);
        ctx.out.result({{"help", text}});
        if (!ctx.out.json()) ctx.out.raw_text(text);
        return ExitCode::done;
    });
}

}  // namespace umsadm::app
