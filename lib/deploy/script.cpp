#include "lib/deploy/script.hpp"

#include <string>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

namespace umsadm {
namespace {

constexpr std::size_t k_longest_reason = 500;

// The last line that a failed script printed: the command that failed speaks last.
std::string last_words(const CommandResult& result) {
    std::string_view text = trim(result.err);
    if (const auto newline = text.rfind('\n'); newline != std::string_view::npos) text.remove_prefix(newline + 1);
    if (text.empty()) return fmt::format("exit status {}", result.exit_status);
    return printable(text.substr(0, k_longest_reason));
}

}  // namespace

Error script_error(std::string_view doing, const CommandResult& result) {
    return Error(Code::failed, fmt::format("cannot {}: {}", doing, last_words(result)));
}

CommandResult run_script(RemoteHost& host, std::string_view doing, const Command& command) {
    CommandResult result = with_context(doing, [&] { return host.run(command); });
    if (result.exit_status != 0) throw script_error(doing, result);
    return result;
}

}  // namespace umsadm
