#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "../completion_scripts.hpp"
#include "../context.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct Shell {
    const char* name;
    const std::string_view& script;
    const char* says;
};

const std::array<Shell, 3> k_shells{{{"bash", k_bash_completion, "version 4.4 or newer"},
                                     {"zsh", k_zsh_completion, "version 5 or newer"},
                                     {"fish", k_fish_completion, "version 3 or newer"}}};

const Shell& shell_called(const std::string& name) {
    for (const Shell& shell : k_shells) {
        if (shell.name == name) return shell;
    }
    throw Error(Code::usage, fmt::format("{} is not one of bash, zsh, fish", in_quotes(name)));
}

std::vector<OfferedWord> shell_words() {
    std::vector<OfferedWord> words;
    for (const Shell& shell : k_shells) words.push_back({shell.name, shell.says});
    return words;
}

ExitCode run_completion(const Shell& shell, Context& ctx) {
    ctx.out.result({{"shell", shell.name}, {"script", shell.script}});
    if (!ctx.out.json()) ctx.out.raw_text(shell.script);
    return ExitCode::done;
}

}  // namespace

void add_completion(Command& root) {
    const auto shell = std::make_shared<const Shell*>(nullptr);
    root.command("completion", "Print what makes a shell complete commands, options and names at TAB")
        .describe(
            "The script asks umsadm itself at every TAB, so it fits any version. Names are those of the site that the "
            "line "
            "is about; nothing is connected or changed. Where umsadm is installed the shells find their script "
            "by themselves.")
        .argument("SHELL", "bash, zsh or fish",
                  {[shell](const std::string& text) { *shell = &shell_called(text); }, false})
        .offering_words(shell_words())
        .example("source <(umsadm completion bash)", "in ~/.bashrc")
        .example("source <(umsadm completion zsh)", "in ~/.zshrc, behind compinit")
        .example("umsadm completion fish | source", "in ~/.config/fish/config.fish")
        .run([shell](Context& ctx) { return run_completion(**shell, ctx); });
}

}  // namespace umsadm::app
