#include "umsadm/deploy/state_folder.hpp"

#include <charconv>
#include <string_view>
#include <vector>

#include "umsadm/base/text.hpp"

#include "lib/deploy/script.hpp"
#include "lib/deploy/server_state.hpp"

namespace umsadm {
namespace {

// Prints the mode of the folder, or "none", and the free KiB where it is or would be.
constexpr std::string_view k_look = R"sh(
there=$1
while [ ! -d "$there" ]; do
    if [ -e "$there" ] || [ -L "$there" ]; then
        printf '%s is no folder\n' "$there" >&2
        exit 1
    fi
    there=$(dirname -- "$there")
done
if [ "$there" = "$1" ]; then
    refuse_foreign_folder "$1"
    stat -L -c %a -- "$1"
else
    echo none
fi
[ -w "$there" ] || { printf '%s cannot be written to\n' "$there" >&2; exit 1; }
df -Pk -- "$there" | awk 'NR == 2 { print $4 }'
)sh";

std::uint64_t number_in(std::string_view text) noexcept {
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace

StateFolder look_at_state_folder(RemoteHost& host, const std::string& path) {
    const CommandResult result =
        run_script(host, "use the state folder on the server",
                   {.script = std::string(k_state_functions) + std::string(k_look), .args = {path}});
    const std::vector<std::string> lines = split(trim(result.text()), '\n');
    StateFolder folder;
    folder.present = lines.front() != "none";
    folder.open_to_others = folder.present && !lines.front().ends_with("00");
    if (lines.size() > 1) folder.free_bytes = number_in(lines[1]) * 1024;
    return folder;
}

}  // namespace umsadm
