#include "umsadm/deploy/observe.hpp"

#include <charconv>
#include <string_view>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/digest.hpp"

#include "lib/deploy/script.hpp"

namespace umsadm {
namespace {

// Exit statuses of the scripts below that have a meaning.
constexpr int k_too_large = 65;
constexpr int k_not_found = 66;
constexpr int k_no_file = 67;
constexpr int k_tool_missing = 69;

constexpr std::size_t k_max_config = 1024 * 1024;
constexpr std::size_t k_max_keystore = 8 * 1024 * 1024;

constexpr std::string_view k_read_config = R"sh(
[ -e "$1" ] || exit 66
[ -f "$1" ] || exit 67
[ "$(wc -c <"$1")" -le "$2" ] || exit 65
exec cat -- "$1"
)sh";

// Without a running systemd (a container, SysV init) its unit file starts nothing.
constexpr std::string_view k_has_service = R"sh(
has_service() {
    [ -d /run/systemd/system ] || return 1
    for unit in /etc /run /usr/local/lib /usr/lib /lib; do
        [ ! -e "$unit/systemd/system/icg-server.service" ] || return 0
    done
    return 1
}
)sh";

// Prints "name=value" records, each ended by NUL (a path may hold anything else), and after the record "content" the
// keystore itself to the end. All tools that the later steps need are looked for here, while nothing is changed.
constexpr std::string_view k_look = R"sh(
for tool in cat cp mv rm readlink sha256sum stat sync tail timeout wc; do
    command -v "$tool" >/dev/null || { printf '%s\n' "$tool" >&2; exit 69; }
done
[ -e "$1" ] || exit 66
live=$(readlink -f -- "$1")
[ -f "$live" ] || exit 67
[ "$(wc -c <"$live")" -le "$2" ] || exit 65
record() { printf '%s=%s\000' "$1" "$2"; }
folder=${live%/*}
name=${live##*/}

record path "$live"
record uid "$(stat -c %u -- "$live")"
record gid "$(stat -c %g -- "$live")"
record owner "$(stat -c %U -- "$live")"
record group "$(stat -c %G -- "$live")"
record mode "$(stat -c %a -- "$live")"
record label "$(stat -c %C -- "$live" 2>/dev/null || :)"
record blocks "$(stat -f -c %a -- "$live")"
record block-size "$(stat -f -c %S -- "$live")"
for file in "$folder/.$name.umsadm-"* "$folder/$name.umsadm-"*; do
    [ ! -f "$file" ] || record own "$file"
done
if has_service; then record service yes; fi
sum=$(sha256sum <"$live")
record digest "${sum%% *}"
record content ""
exec cat -- "$live"
)sh";

Error not_understood(std::string_view field) {
    return Error(Code::invalid_data, fmt::format("the host's answer has no usable field {}", in_quotes(field)));
}

template <typename Number>
Number parse_number(std::string_view field, std::string_view text, int base = 10) {
    Number value = 0;
    const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc() || at != text.data() + text.size()) throw not_understood(field);
    return value;
}

// What stat(1) prints where there is no name, and where there is no label.
std::string name_or_number(std::string_view name, std::uint32_t number) {
    return name.empty() || name == "UNKNOWN" ? std::to_string(number) : std::string(name);
}
std::string label_of(std::string_view text) { return text == "?" ? std::string() : std::string(text); }

// Takes "name=value" up to the next NUL from the front of `rest`.
std::pair<std::string_view, std::string_view> take_record(std::string_view& rest) {
    const auto end = rest.find('\0');
    const auto equals = rest.find('=');
    if (end == std::string_view::npos || equals > end) throw not_understood("content");
    const std::string_view name = rest.substr(0, equals);
    const std::string_view value = rest.substr(equals + 1, end - equals - 1);
    rest.remove_prefix(end + 1);
    return {name, value};
}

class Answer {
public:
    explicit Answer(std::string_view text) {
        while (true) {
            const auto [name, value] = take_record(text);
            if (name == "content") break;
            if (name == "own") {
                m_own_files.emplace_back(value);
            } else {
                m_fields.emplace_back(name, value);
            }
        }
        m_content = text;
    }

    std::string_view operator[](std::string_view name) const {
        for (const auto& [field, value] : m_fields) {
            if (field == name) return value;
        }
        return {};
    }
    const std::vector<std::string>& own_files() const noexcept { return m_own_files; }
    std::string_view content() const noexcept { return m_content; }

private:
    std::vector<std::pair<std::string_view, std::string_view>> m_fields;
    std::vector<std::string> m_own_files;
    std::string_view m_content;
};

RemoteFile read_file_facts(const Answer& answer) {
    RemoteFile file;
    file.path = answer["path"];
    file.uid = parse_number<std::uint32_t>("uid", answer["uid"]);
    file.gid = parse_number<std::uint32_t>("gid", answer["gid"]);
    file.owner = name_or_number(answer["owner"], file.uid);
    file.group = name_or_number(answer["group"], file.gid);
    file.mode = parse_number<std::uint32_t>("mode", answer["mode"], 8);
    file.selinux_label = label_of(answer["label"]);
    file.digest = answer["digest"];
    file.content = to_bytes(as_bytes(answer.content()));
    if (!file.path.starts_with('/')) throw not_understood("path");
    if (sha256_hex(file.content) != file.digest) {
        throw Error(Code::failed, fmt::format("{} changed while it was read", in_quotes(file.path)), "try again");
    }
    return file;
}

// Turns the exit statuses of the scripts above into errors that name the file.
void check_status(const CommandResult& result, std::string_view what, const std::string& path, std::string_view hint) {
    const std::string named = fmt::format("{} {}", what, in_quotes(path));
    switch (result.exit_status) {
        case 0: return;
        case k_not_found: throw Error(Code::not_found, fmt::format("no {}", named), std::string(hint));
        case k_no_file: throw Error(Code::invalid_data, fmt::format("{} is no file", named), std::string(hint));
        case k_too_large: throw Error(Code::invalid_data, fmt::format("{} is too large", named), std::string(hint));
        case k_tool_missing:
            throw Error(Code::failed, fmt::format("the host lacks the command {}", in_quotes(trim(result.err))),
                        "umsadm needs the GNU coreutils there");
        default: throw script_error(fmt::format("read {}", named), result);
    }
}

// Wipes the answer of a host that holds passwords.
struct WipedResult {
    CommandResult result;
    ~WipedResult() { wipe_memory(result.out.data(), result.out.size()); }
};

void read_config(RemoteHost& host, const ObserveRequest& request, RemoteState& state, std::string& keystore) {
    const std::string path =
        request.config.empty() ? request.install_path + "/usg/conf/application-prod.yml" : request.config;
    const Command command{.script = std::string(k_read_config), .args = {path, std::to_string(k_max_config)}};
    const WipedResult answer{with_context("reading the gateway's configuration", [&] { return host.run(command); })};
    check_status(answer.result, "configuration", path, "see --install-path and --config");
    if (request.config_needed) {
        state.config = read_gateway_config(path, answer.result.text());
        if (keystore.empty()) keystore = state.config->keystore;
    } else {
        keystore = read_keystore_path(path, answer.result.text());
    }
}

}  // namespace

RemoteState observe_gateway(RemoteHost& host, const ObserveRequest& request) {
    RemoteState state;
    std::string keystore = request.keystore;
    if (request.config_needed || keystore.empty()) read_config(host, request, state, keystore);

    const Command command{.script = std::string(k_has_service) + std::string(k_look),
                          .args = {keystore, std::to_string(k_max_keystore)}};
    const CommandResult result = with_context("reading the gateway's keystore", [&] { return host.run(command); });
    check_status(result, "keystore", keystore, "see --keystore");
    const Answer answer(result.text());
    state.keystore = read_file_facts(answer);
    state.free_bytes = parse_number<std::uint64_t>("blocks", answer["blocks"]) *
                       parse_number<std::uint64_t>("block-size", answer["block-size"]);
    state.own_files = answer.own_files();
    state.has_systemd_service = answer["service"] == "yes";
    return state;
}

bool has_vendor_service(RemoteHost& host) {
    const Command command{.script = std::string(k_has_service) + "if has_service; then printf yes; fi"};
    return run_script(host, "look for the service of the gateway", command).text() == "yes";
}

}  // namespace umsadm
