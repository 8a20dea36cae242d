#include "lib/deploy/umsadmin_cli.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/digest.hpp"

#include "lib/deploy/restart_command.hpp"
#include "lib/deploy/script.hpp"
#include "lib/deploy/server_state.hpp"
#include "lib/deploy/ums_id_listing.hpp"

namespace umsadm {
namespace {

constexpr std::chrono::seconds k_longest_call{120};
constexpr std::size_t k_max_listing = 1024 * 1024;
constexpr std::size_t k_max_certificate = 64 * 1024;
constexpr std::size_t k_password_bytes = 24;

// Exit statuses of the scripts below. One of the program's own is never passed on as one of these.
constexpr int k_missing = 66;    // there is no such program
constexpr int k_no_export = 67;  // it ran, and exported nothing

// `vendor WORD...` runs the program without anything to read and without end: it may ask questions. Its answer goes to
// standard output.
constexpr std::string_view k_vendor_function = R"sh(
program=$1 limit=$2
shift 2
{ [ -f "$program" ] && [ -x "$program" ]; } || exit 66
vendor() {
    status=0
    timeout -k 5 "$limit" "$program" "$@" </dev/null || status=$?
    [ "$status" -ne 124 ] || printf 'it did not end within %s s\n' "$limit" >&2
    case $status in 66 | 67) status=1 ;; esac
    return "$status"
}
)sh";

constexpr std::string_view k_list = R"sh(
state=$1 port=$2
waits=no
if pending "$state/given" "$state" "$port"; then waits=yes; fi
printf '%s\n' "$waits"
vendor --machine-readable --no-header licensing list
)sh";

// The certificate is public: SIGKILL may leave it. Both words for it refuse to overwrite a file.
constexpr std::string_view k_export = R"sh(
trap 'rm -rf -- "$folder"' EXIT
trap 'exit 1' INT TERM
folder=$(mktemp -d)
words() { grep -v '^[[:space:]]*$' "$1" | tail -n 1; }
show() {
    [ -s "$1" ] || { printf 'it says that it is done, and exported nothing\n' >&2; exit 1; }
    cat -- "$1"
}
if vendor licensing export -o "$folder/1.crt" >"$folder/1" 2>&1; then
    show "$folder/1.crt"
elif vendor web-cert export-cert -c "$folder/2.crt" >"$folder/2" 2>&1; then
    show "$folder/2.crt"
else
    printf '%s; %s\n' "$(words "$folder/1")" "$(words "$folder/2")" >&2
    exit 67
fi
)sh";

// A backup that was made has its name only when it is whole.
constexpr std::string_view k_keep = R"sh(
folder=$1 state=$2 size=$3
state_folder "$state"
if [ -s "$folder/backup" ]; then exit 0; fi
mkdir -p -- "$folder"
trap '[ -e "$folder/backup" ] || rm -rf -- "$folder"' EXIT
trap 'exit 1' INT TERM
rm -f -- "$folder/draft"
cat >"$folder/password"
[ "$(wc -c <"$folder/password")" -eq "$size" ] || { printf 'the password did not arrive whole\n' >&2; exit 1; }
vendor licensing backup -o "$folder/draft" --password:file "$folder/password" >&2
[ -s "$folder/draft" ] || { printf 'it says that it is done, and made no backup\n' >&2; exit 1; }
sync -- "$folder/draft" "$folder/password"
mv -fT -- "$folder/draft" "$folder/backup"
sync -- "$folder" "${folder%/*}" "$state"
)sh";

constexpr std::string_view k_take = R"sh(
size=$2
open_transit "$1"
cat >"$transit/password"
[ "$(wc -c <"$transit/password")" -eq "$size" ] || { printf 'the password did not arrive whole\n' >&2; exit 1; }
vendor licensing backup -o "$transit/backup" --password:file "$transit/password" >&2
[ -s "$transit/backup" ] || { printf 'it says that it is done, and made no backup\n' >&2; exit 1; }
cat -- "$transit/backup"
)sh";

// The stamp comes first: killed in between, the server rather counts as waiting for its restart than as running with
// what it was given.
constexpr std::string_view k_give_function = R"sh(
give() {
    : >>"$state/given"
    touch -- "$state/given"
    status=0
    "$@" >&2 || status=$?
    touch -- "$state/given"
    return "$status"
}
)sh";

constexpr std::string_view k_put = R"sh(
state=${1%/*} size=$2 digest=$3
open_transit "$1"
head -c "$size" >"$transit/password"
cat >"$transit/backup"
[ "$(digest "$transit/backup")" = "$digest" ] || { printf 'the backup did not arrive whole\n' >&2; exit 1; }
give vendor licensing restore -f "$transit/backup" --password:file "$transit/password"
)sh";

constexpr std::string_view k_put_back = R"sh(
folder=$1 state=$2
[ -s "$folder/backup" ] && [ -s "$folder/password" ] || { printf 'the backup %s is gone\n' "$folder" >&2; exit 1; }
state_folder "$state"
give vendor licensing restore -f "$folder/backup" --password:file "$folder/password"
)sh";

constexpr std::string_view k_create = R"sh(
state=$1
state_folder "$state"
give vendor licensing create
)sh";

// Wipes what was put together from a secret.
struct WipedBytes {
    Bytes bytes;
    ~WipedBytes() { wipe_memory(bytes.data(), bytes.size()); }
};

Secret one_time_password() {
    std::string text = random_hex(k_password_bytes);
    Secret password{std::string_view(text)};
    wipe_memory(text.data(), text.size());
    return password;
}

bool is_blank(std::string_view text) { return trim(text).empty(); }

class UmsadminCli final : public UmsIdStore {
public:
    UmsadminCli(RemoteHost& host, const Server& server) : m_host(host), m_server(server) {}

    UmsIdReading look(const std::optional<Fingerprint>& known) override;
    SealedUmsId take() override;
    void keep(const std::string& folder) override;
    void put(const SealedUmsId& sealed) override;
    void put_back(const std::string& folder) override;
    void remove() override;
    void create() override;
    void restart(std::chrono::seconds limit) override;

private:
    // A script with the program at hand; $1, ... are `args`.
    Command command(std::string_view script, std::vector<std::string> args, std::string_view functions = {}) const;
    CommandResult run(std::string_view doing, const Command& command) const;
    Error failure(std::string_view doing, const CommandResult& result) const;
    std::string transit_folder() const { return fmt::format("{}/transit-{}", m_server.state_path, random_hex(8)); }

    RemoteHost& m_host;
    Server m_server;
};

Command UmsadminCli::command(std::string_view script, std::vector<std::string> args, std::string_view functions) const {
    const auto limit = std::clamp(std::chrono::seconds(m_server.wait_seconds), std::chrono::seconds(1), k_longest_call);
    args.insert(args.begin(), {m_server.umsadmin_cli, std::to_string(limit.count())});
    // A script calls the program twice at most, and timeout(1) speaks first.
    Command command{.script = std::string(k_state_functions),
                    .args = std::move(args),
                    .timeout = 2 * limit + std::chrono::seconds(30)};
    command.script += functions;
    command.script += k_vendor_function;
    command.script += script;
    return command;
}

Error UmsadminCli::failure(std::string_view doing, const CommandResult& result) const {
    const std::string program = in_quotes(m_server.umsadmin_cli);
    if (result.exit_status == k_missing) {
        return Error(Code::not_found, fmt::format("there is no program {} on the server", program),
                     "give the path of the vendor's umsadmin-cli there with --umsadmin-cli PATH");
    }
    Error error = script_error(fmt::format("{} with {}", doing, program), result);
    error.set_hint("is that the vendor's umsadmin-cli? see --umsadmin-cli PATH");
    return error;
}

CommandResult UmsadminCli::run(std::string_view doing, const Command& command) const {
    CommandResult result =
        with_context(fmt::format("asking the server to {}", doing), [&] { return m_host.run(command); });
    if (result.exit_status != 0) throw failure(doing, result);
    return result;
}

UmsIdReading UmsadminCli::look(const std::optional<Fingerprint>& known) {
    Command list = command(k_list, {m_server.state_path, std::to_string(m_server.web_port)}, k_pending_function);
    list.max_output = k_max_listing;
    const CommandResult listed = run("list the UMS ID", list);
    const auto first_line = listed.text().find('\n');
    const std::string_view listing = listed.text().substr(std::min(first_line, listed.text().size()));

    UmsIdReading reading;
    reading.restart_pending = listed.text().starts_with("yes");
    const std::vector<Fingerprint> found = find_fingerprints(listing);
    if (found.size() == 1) reading.fingerprint = found.front();
    reading.present = true;
    if (reading.fingerprint && reading.fingerprint == known) return reading;

    Command exporting = command(k_export, {});
    exporting.max_output = k_max_certificate;
    CommandResult exported = m_host.run(exporting);
    if (exported.exit_status == 0) {
        reading.certificate = std::move(exported.out);
        return reading;
    }
    if (exported.exit_status != k_no_export) throw failure("export the certificate of the UMS ID", exported);
    if (reading.fingerprint) return reading;
    // Only a server that lists nothing and has nothing to export surely has no UMS ID.
    if (!is_blank(listing)) throw failure("find out the UMS ID (no fingerprint is listed)", exported);
    reading.present = false;
    return reading;
}

SealedUmsId UmsadminCli::take() {
    SealedUmsId sealed{{}, one_time_password()};
    Command taking = command(k_take, {transit_folder(), std::to_string(sealed.password.size())});
    taking.input = sealed.password.reveal_bytes();
    sealed.content = run("back up the UMS ID", taking).out;
    return sealed;
}

void UmsadminCli::keep(const std::string& folder) {
    const Secret password = one_time_password();
    Command keeping = command(k_keep, {folder, m_server.state_path, std::to_string(password.size())});
    keeping.input = password.reveal_bytes();
    run("back up the UMS ID", keeping);
}

void UmsadminCli::put(const SealedUmsId& sealed) {
    WipedBytes input;
    input.bytes.reserve(sealed.password.size() + sealed.content.size());  // so no copy is left behind
    const ByteView password = sealed.password.reveal_bytes();
    input.bytes.assign(password.begin(), password.end());
    input.bytes.insert(input.bytes.end(), sealed.content.begin(), sealed.content.end());
    Command putting = command(k_put, {transit_folder(), std::to_string(password.size()), sha256_hex(sealed.content)},
                              std::string(k_digest_function) + std::string(k_give_function));
    putting.input = input.bytes;
    run("restore the UMS ID", putting);
}

void UmsadminCli::put_back(const std::string& folder) {
    run("restore the old UMS ID", command(k_put_back, {folder, m_server.state_path}, k_give_function));
}

void UmsadminCli::remove() { throw Error(Code::failed, "umsadmin-cli has no command that takes a UMS ID away"); }

void UmsadminCli::create() { run("create a UMS ID", command(k_create, {m_server.state_path}, k_give_function)); }

void UmsadminCli::restart(std::chrono::seconds limit) {
    const std::string program = shell_quoted(m_server.umsadmin_cli);
    // Older versions have the second spelling.
    std::vector<std::string> commands{program + " server restart", program + " restart-server"};
    if (!m_server.restart_command.empty()) commands = {m_server.restart_command};
    run_restart_command(m_host, "restart the server", commands, m_server.state_path + "/restart.log", limit);
    note_restart(m_host, m_server);
}

}  // namespace

std::unique_ptr<UmsIdStore> open_umsadmin_cli(RemoteHost& host, const Server& server) {
    return std::make_unique<UmsadminCli>(host, server);
}

}  // namespace umsadm
