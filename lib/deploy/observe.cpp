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

// Exit statuses of the script below that have a meaning.
constexpr int k_too_large = 65;
constexpr int k_not_found = 66;
constexpr int k_no_file = 67;
constexpr int k_tool_missing = 69;
constexpr int k_of_config = 10;  // is added when it is about the configuration

// Where the vendor's installer puts it.
constexpr std::string_view k_usual_keystore = "/usg/keys/keystore.jks";

constexpr std::size_t k_max_config = 1024 * 1024;
constexpr std::size_t k_max_keystore = 8 * 1024 * 1024;

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

// Prints "name=value" records, each ended by NUL (a path may hold anything else). The record "config" has a size, and
// as many bytes of the configuration behind it; the record "content" is the last one, and the keystore itself follows
// to the end. A keystore whose place was only guessed may be missing: then there is no record but "content". All tools
// that the later steps need are looked for here, while nothing is changed.
constexpr std::string_view k_look = R"sh(
config=$1 most_config=$2 keystore=$3 most=$4 place=$5
for tool in cat cp head mv rm readlink sha256sum stat sync tail timeout wc; do
    command -v "$tool" >/dev/null || { printf '%s\n' "$tool" >&2; exit 69; }
done
record() { printf '%s=%s\000' "$1" "$2"; }
problem_of() {
    if [ ! -e "$1" ]; then echo 66; elif [ ! -f "$1" ]; then echo 67; elif [ "$(wc -c <"$1")" -gt "$2" ]; then echo 65; else echo 0; fi
}
if [ -n "$config" ]; then
    problem=$(problem_of "$config" "$most_config")
    [ "$problem" = 0 ] || exit "$((problem + 10))"
    size=$(wc -c <"$config")
    record config "$size"
    head -c "$size" -- "$config"
fi
problem=$(problem_of "$keystore" "$most")
if [ "$problem" = 0 ]; then
    live=$(readlink -f -- "$keystore")
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
fi
[ "$place" = guessed ] || exit "$problem"
record content ""
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

// Takes `size` bytes from the front of `rest`.
std::string_view take_bytes(std::string_view& rest, std::size_t size) {
    if (size > rest.size()) throw not_understood("config");
    const std::string_view bytes = rest.substr(0, size);
    rest.remove_prefix(size);
    return bytes;
}

class Answer {
public:
    explicit Answer(std::string_view text) {
        while (true) {
            const auto [name, value] = take_record(text);
            if (name == "content") break;
            if (name == "config") {
                m_config = take_bytes(text, parse_number<std::size_t>("config", value));
            } else if (name == "own") {
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
    std::string_view config() const noexcept { return m_config; }
    bool has_keystore() const { return !(*this)["path"].empty(); }
    std::string_view content() const noexcept { return m_content; }

private:
    std::vector<std::pair<std::string_view, std::string_view>> m_fields;
    std::vector<std::string> m_own_files;
    std::string_view m_config;
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

// What one call asks for.
struct Look {
    std::string config{};  // empty: not wanted
    std::string keystore;
    bool guessed = false;  // the place of the keystore
    bool lock = false;
};

// Turns the exit statuses of the script above into errors that name the file.
void check_status(const CommandResult& result, const Look& look) {
    if (result.exit_status == 0) return;
    if (result.exit_status == k_tool_missing) {
        throw Error(Code::failed, fmt::format("the host lacks the command {}", in_quotes(trim(result.err))),
                    "umsadm needs the GNU coreutils there");
    }
    const bool config = result.exit_status >= k_too_large + k_of_config;
    const std::string named = config ? fmt::format("configuration {}", in_quotes(look.config))
                                     : fmt::format("keystore {}", in_quotes(look.keystore));
    const std::string hint = config ? "see --install-path and --config" : "see --keystore";
    switch (config ? result.exit_status - k_of_config : result.exit_status) {
        case k_not_found: throw Error(Code::not_found, fmt::format("no {}", named), hint);
        case k_no_file: throw Error(Code::invalid_data, fmt::format("{} is no file", named), hint);
        case k_too_large: throw Error(Code::invalid_data, fmt::format("{} is too large", named), hint);
        default: throw script_error("read configuration and keystore", result);
    }
}

// The answer of a host, which holds passwords: wiped in the end.
struct WipedResult {
    CommandResult result;
    ~WipedResult() { wipe_memory(result.out.data(), result.out.size()); }
};

CommandResult run_look(RemoteHost& host, const Look& look) {
    return with_context("reading configuration and keystore", [&] {
        return host.run({
            .script = std::string(k_has_service) + std::string(k_look),
            .args = {look.config, std::to_string(k_max_config), look.keystore, std::to_string(k_max_keystore),
                     look.guessed ? "guessed" : "given"},
            .try_lock = look.lock ? Path(look.keystore).parent_path().string() : "",
        });
    });
}

void take_keystore(const Answer& answer, RemoteState& state) {
    state.keystore = read_file_facts(answer);
    state.free_bytes = parse_number<std::uint64_t>("blocks", answer["blocks"]) *
                       parse_number<std::uint64_t>("block-size", answer["block-size"]);
    state.own_files = answer.own_files();
    state.has_systemd_service = answer["service"] == "yes";
}

std::string config_path(const ObserveRequest& request) {
    return request.config.empty() ? request.install_path + "/usg/conf/application-prod.yml" : request.config;
}

}  // namespace

RemoteState observe_gateway(RemoteHost& host, const ObserveRequest& request) {
    RemoteState state;
    Look look{.keystore = request.keystore, .lock = request.to_change};
    if (request.config_needed || look.keystore.empty()) look.config = config_path(request);
    if (look.keystore.empty()) {
        look.keystore = request.install_path + std::string(k_usual_keystore);
        look.guessed = true;
    }
    {
        const WipedResult wiped{run_look(host, look)};
        check_status(wiped.result, look);
        const Answer answer(wiped.result.text());
        std::string configured = look.keystore;
        if (request.config_needed) {
            state.config = read_gateway_config(look.config, answer.config());
            if (look.guessed) configured = state.config->keystore;
        } else if (look.guessed) {
            configured = read_keystore_path(look.config, answer.config());
        }
        if (configured == look.keystore && answer.has_keystore()) {
            take_keystore(answer, state);
            return state;
        }
        look.keystore = configured;
    }
    // It is not where it usually is.
    look.config.clear();
    look.guessed = false;
    const CommandResult result = run_look(host, look);
    check_status(result, look);
    take_keystore(Answer(result.text()), state);
    return state;
}

bool has_vendor_service(RemoteHost& host) {
    const Command command{.script = std::string(k_has_service) + "if has_service; then printf yes; fi"};
    return run_script(host, "look for the service of the gateway", command).text() == "yes";
}

}  // namespace umsadm
