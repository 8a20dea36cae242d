#include "run.hpp"

#include <algorithm>
#include <new>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/tcp.hpp"

#include "command_line.hpp"
#include "commands/commands.hpp"
#include "context.hpp"
#include "global_options.hpp"
#include "help.hpp"
#include "interruption.hpp"
#include "login.hpp"
#include "shared_logins.hpp"
#include "shell_answer.hpp"
#include "site_names.hpp"
#include "version.hpp"

namespace umsadm::app {
namespace {

bool is_given(int argc, const char* const* argv, std::string_view flag) {
    return std::any_of(argv + std::min(argc, 1), argv + argc, [&](const char* word) { return flag == word; });
}

void show_text(Output& out, const char* field, const std::string& text) {
    out.result({{field, text}});
    if (!out.json()) out.raw_text(text + (text.ends_with('\n') ? "" : "\n"));
}

ExitCode run_command(const Command& command, const GlobalOptions& globals, Output& out) {
    const Cancellation& cancellation = listen_for_interruption();
    TerminalPrompt prompt(globals.yes ? TerminalPrompt::Answer::yes : TerminalPrompt::Answer::ask, cancellation);
    SecretReader secrets(cancellation, [&out](std::string_view text) { out.warning(text); });
    SharedLogins logins;
    Context ctx{.site_path = find_site_path(globals.site),
                .out = out,
                .prompt = prompt,
                .secrets = secrets,
                .cancellation = cancellation,
                .now = wall_clock,
                .user = find_user(),
                .connect = connect_login,
                .logins = logins,
                .dial = connect_tcp,
                .ticket = find_ticket(globals.ticket)};
    return command.function()(ctx);
}

ExitCode run_line(const CommandLine& line, const Command& root, const GlobalOptions& globals, Output& out) {
    if (line.help) {
        show_text(out, "help", help_text(*line.command));
        return ExitCode::done;
    }
    if (line.version) {
        show_text(out, "version", fmt::format("{} {}", root.name(), version()));
        return ExitCode::done;
    }
    if (line.command->is_group() && !line.command->function() && line.left_over.empty() && !out.json()) {
        out.note(help_text(*line.command));
    }
    read_command(line, root);
    check_global_options(globals);
    return run_command(*line.command, globals, out);
}

// The one place where a failure becomes text or JSON and an exit code.
ExitCode finish(Output& out, const std::string& command, const std::function<ExitCode()>& body) {
    std::optional<Error> error;
    ExitCode code = ExitCode::done;
    try {
        code = body();
    } catch (const Error& failure) {
        error = failure;
    } catch (const std::bad_alloc&) {
        error = Error(Code::failed, "out of memory");
    } catch (const std::exception& failure) {
        error = Error(Code::failed, fmt::format("internal error: {}", failure.what()), "please report this");
    }
    if (error) {
        code = exit_code(error->code());
        out.error(*error);
    }
    try {
        if (out.json()) out.document(command, error ? &*error : nullptr);
        out.flush();
    } catch (const Error& failure) {
        out.error(failure);
        code = worst(code, ExitCode::failed);
    }
    return code;
}

void describe_program(Command& root, GlobalOptions& globals) {
    add_global_options(root, globals);
    add_all_commands(root);
    root.example("umsadm init", "make a site: the folder that everything is kept in")
        .example("umsadm cert import ums-export.p12 --password prompt", "take in the root of your UMS, with its key")
        .example("umsadm gateway add berlin --host icg.example.com --ssh-user admin", "tell it about a gateway")
        .example("umsadm cert create --help", "options and examples of one command");
}

// "umsadm complete ..." is no command of the tree: shells ask it between two keys (docs/commands/completion.md).
std::optional<std::string> answer_if_asked_by_shell(const Command& root, int argc, const char* const* argv) {
    if (argc < 3 || std::string_view(argv[1]) != "complete") return std::nullopt;
    return answer_shell(root, {argv + 2, argv + argc}, site_names);
}

ExitCode run_words(int argc, const char* const* argv) {
    GlobalOptions globals;
    Command root(nullptr, "umsadm",
                 "Administration of IGEL UMS installations: certificates of gateways, the UMS ID of servers");
    describe_program(root, globals);
    if (const auto answer = answer_if_asked_by_shell(root, argc, argv)) {
        Output out({});
        out.raw_text(*answer);
        out.flush();
        return ExitCode::done;
    }
    std::optional<Error> problem;
    CommandLine line;
    line.command = &root;
    try {
        line = take_apart(root, argc, argv);
        read_global_options(line, root);
    } catch (const Error& error) {
        problem = error;
        // Who asked for JSON gets it even when the line could not be taken apart.
        globals.output.json = is_given(argc, argv, "--json");
    }
    globals.output.header = !globals.no_header;
    Output out(globals.output);
    return finish(out, line.command->path(), [&] {
        if (problem) throw *problem;
        return run_line(line, root, globals, out);
    });
}

}  // namespace

int run(int argc, const char* const* argv) noexcept {
    try {
        // Scripts ask for the version often: it needs no tree of commands.
        if (argc == 2 && std::string_view(argv[1]) == "--version") {
            Output out({});
            return static_cast<int>(finish(out, "", [&] {
                out.raw_text(fmt::format("umsadm {}\n", version()));
                return ExitCode::done;
            }));
        }
        return static_cast<int>(run_words(argc, argv));
    } catch (...) {
        return static_cast<int>(ExitCode::failed);
    }
}

}  // namespace umsadm::app
