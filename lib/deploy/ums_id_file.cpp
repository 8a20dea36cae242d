#include "lib/deploy/ums_id_file.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/digest.hpp"

#include "lib/deploy/restart_command.hpp"
#include "lib/deploy/script.hpp"
#include "lib/deploy/server_state.hpp"

namespace umsadm {
namespace {

constexpr std::size_t k_max_file = 8U * 1024 * 1024;
constexpr std::chrono::seconds k_timeout{60};

// Exit statuses of the scripts below.
constexpr int k_too_large = 65;
constexpr int k_no_folder = 66;
constexpr int k_no_file = 67;  // something else stands there
constexpr int k_no_ums_id = 68;

// Sets `file`: links resolved, so that a rename does not put a file where a link was. $1 is its name as configured.
constexpr std::string_view k_find_file = R"sh(
file=$(readlink -m -- "$1")
shift
[ -d "${file%/*}/" ] || exit 66
[ ! -e "$file" ] || [ -f "$file" ] || exit 67
)sh";

constexpr std::string_view k_look = R"sh(
state=$1 port=$2 most=$3
[ -e "$file" ] || exit 68
[ "$(wc -c <"$file")" -le "$most" ] || exit 65
waits=no
if pending "$file" "$state" "$port"; then waits=yes; fi
printf '%s\n' "$waits"
cat -- "$file"
)sh";

// A backup that was made has its name only when it is whole.
constexpr std::string_view k_keep = R"sh(
folder=$1 state=$2
[ -e "$file" ] || exit 68
state_folder "$state"
if [ -s "$folder/backup" ]; then exit 0; fi
mkdir -p -- "$folder"
trap '[ -e "$folder/backup" ] || rm -rf -- "$folder"' EXIT
trap 'exit 1' INT TERM
rm -f -- "$folder/draft"
cp --preserve=all -- "$file" "$folder/draft"
sync -- "$folder/draft"
[ "$(digest "$folder/draft")" = "$(digest "$file")" ] || { printf 'the copy differs\n' >&2; exit 1; }
mv -fT -- "$folder/draft" "$folder/backup"
sync -- "$folder" "${folder%/*}" "$state"
)sh";

// The attributes come before the content: the key in it is never readable for more people than before. The time of the
// file stays that of this change, for a restart is needed since then.
constexpr std::string_view k_exchange = R"sh(
run=$1 new=$2 backup=$3
if [ -n "$backup" ]; then
    [ -s "$backup" ] || { printf 'the backup %s is gone\n' "$backup" >&2; exit 1; }
    new=$(digest "$backup")
    exec <"$backup"
fi
attributes() { stat -c '%u %g %a' -- "$1"; stat -c %C -- "$1" 2>/dev/null || :; }
draft=${file%/*}/.${file##*/}.umsadm-$run
trap 'rm -f -- "$draft"' EXIT
trap 'exit 1' INT TERM
(set -C; : >"$draft")
model=$file
[ -e "$model" ] || model=$backup
if [ -n "$model" ]; then
    cp --attributes-only --preserve=all -- "$model" "$draft"
else
    chown --reference="${file%/*}/" -- "$draft"
    chmod 0600 -- "$draft"
fi
cat >"$draft"
sync -- "$draft"
if [ -e "$file" ]; then
    [ "$(attributes "$file")" = "$(attributes "$draft")" ] || { printf 'owner, mode or label cannot be set\n' >&2; exit 1; }
fi
[ "$(digest "$draft")" = "$new" ] || { printf 'the file did not arrive whole\n' >&2; exit 1; }
mv -fT -- "$draft" "$file"
sync -- "${file%/*}/"
[ "$(digest "$file")" = "$new" ] || { printf 'the file was changed again at once\n' >&2; exit 1; }
)sh";

constexpr std::string_view k_remove = R"sh(
rm -f -- "$file"
sync -- "${file%/*}/"
)sh";

class UmsIdFile final : public UmsIdStore {
public:
    UmsIdFile(RemoteHost& host, const Server& server) : m_host(host), m_server(server) {}

    UmsIdReading look(const std::optional<Fingerprint>& known) override;
    SealedUmsId take() override;
    void keep(const std::string& folder) override;
    void put(const SealedUmsId& sealed) override;
    void put_back(const std::string& folder) override;
    void remove() override;
    void create() override;
    void restart(std::chrono::seconds limit) override;

private:
    // A script with the file at hand; $1, ... are `args`.
    Command command(std::string_view script, std::vector<std::string> args) const;
    // A status other than 0 is thrown; k_no_ums_id is an answer.
    CommandResult run(std::string_view doing, const Command& command) const;
    void exchange(std::string_view doing, ByteView content, const std::string& backup);

    RemoteHost& m_host;
    Server m_server;
};

Command UmsIdFile::command(std::string_view script, std::vector<std::string> args) const {
    args.insert(args.begin(), m_server.ums_id_path);
    Command command{.script = std::string(k_digest_function), .args = std::move(args), .timeout = k_timeout};
    for (const std::string_view part : {k_state_functions, k_pending_function, k_find_file, script}) {
        command.script += part;
    }
    return command;
}

CommandResult UmsIdFile::run(std::string_view doing, const Command& command) const {
    const std::string file = in_quotes(m_server.ums_id_path);
    CommandResult result =
        with_context(fmt::format("asking the server to {}", doing), [&] { return m_host.run(command); });
    switch (result.exit_status) {
        case 0:
        case k_no_ums_id: return result;
        case k_no_folder:
            throw Error(Code::not_found, fmt::format("the folder of {} is not there", file), "see --ums-id-path");
        case k_no_file: throw Error(Code::invalid_data, fmt::format("{} is no file", file), "see --ums-id-path");
        case k_too_large: throw Error(Code::invalid_data, fmt::format("{} is too large", file), "see --ums-id-path");
        default: throw script_error(fmt::format("{} in {}", doing, file), result);
    }
}

UmsIdReading UmsIdFile::look(const std::optional<Fingerprint>& /*known*/) {
    CommandResult result =
        run("read the UMS ID",
            command(k_look, {m_server.state_path, std::to_string(m_server.web_port), std::to_string(k_max_file)}));
    UmsIdReading reading;
    if (result.exit_status == k_no_ums_id) return reading;
    const auto end = std::find(result.out.begin(), result.out.end(), '\n');
    if (end == result.out.end()) throw Error(Code::failed, "the server's answer about the UMS ID cannot be understood");
    reading.present = true;
    reading.restart_pending = result.text().starts_with("yes");
    reading.file.assign(end + 1, result.out.end());
    return reading;
}

SealedUmsId UmsIdFile::take() {
    UmsIdReading reading = look(std::nullopt);
    if (!reading.present) throw Error(Code::not_found, "the server has no UMS ID");
    return {std::move(reading.file), {}};
}

void UmsIdFile::keep(const std::string& folder) {
    const CommandResult result = run("back up the UMS ID", command(k_keep, {folder, m_server.state_path}));
    if (result.exit_status == k_no_ums_id) throw Error(Code::not_found, "the server has no UMS ID");
}

void UmsIdFile::exchange(std::string_view doing, ByteView content, const std::string& backup) {
    Command exchanging = command(k_exchange, {random_hex(8), sha256_hex(content), backup});
    exchanging.input = content;
    run(doing, exchanging);
}

void UmsIdFile::put(const SealedUmsId& sealed) { exchange("put the UMS ID", sealed.content, ""); }

void UmsIdFile::put_back(const std::string& folder) { exchange("put the old UMS ID back", {}, folder + "/backup"); }

void UmsIdFile::remove() { run("remove the UMS ID", command(k_remove, {})); }

void UmsIdFile::create() {
    throw Error(Code::failed, "a server that keeps its UMS ID in a file makes none of its own",
                "give it the Main UMS ID with \"umsadm id sync\"");
}

void UmsIdFile::restart(std::chrono::seconds limit) {
    if (m_server.restart_command.empty()) {
        throw Error(Code::failed, "nothing is known that restarts the server",
                    "give it with \"umsadm server edit --restart-command COMMAND\"");
    }
    run_restart_command(m_host, "restart the server", {m_server.restart_command}, m_server.state_path + "/restart.log",
                        limit);
    note_restart(m_host, m_server);
}

}  // namespace

std::unique_ptr<UmsIdStore> open_ums_id_file(RemoteHost& host, const Server& server) {
    return std::make_unique<UmsIdFile>(host, server);
}

}  // namespace umsadm
