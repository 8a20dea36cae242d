#include "lib/deploy/steps.hpp"

#include <array>
#include <string_view>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"
#include "umsadm/crypto/digest.hpp"
#include "umsadm/deploy/plan.hpp"

#include "lib/deploy/restart_command.hpp"
#include "lib/deploy/script.hpp"

namespace umsadm {
namespace {

constexpr std::chrono::seconds k_file_timeout{60};
// Room that is left on the disk beside backup and upload: blocks of the folder, and others who write meanwhile.
constexpr std::size_t k_margin = 64 * 1024;
constexpr const char* k_not_restarted = "umsadm: the restart was not begun";

// Exit statuses that say: surely nothing was changed.
constexpr int k_changed_meanwhile = 90;
constexpr int k_not_possible = 91;

// cp --preserve=all keeps owner, mode, times, access list and SELinux label. The file is made by `set -C` first, so
// nothing that stands there already is written through. A backup that is there was left by a call whose answer was
// lost.
constexpr std::string_view k_back_up = R"sh(
live=$1 backup=$2 old=$3 more=$4
[ "$(digest "$live")" = "$old" ] || exit 90
free=$(($(stat -f -c %a -- "$live") * $(stat -f -c %S -- "$live")))
needed=$(($(wc -c <"$live") + more))
if [ "$free" -lt "$needed" ]; then
    printf 'no space left: %s bytes are free beside the keystore, %s are needed\n' "$free" "$needed" >&2
    exit 91
fi
if [ "$(digest "$backup")" != "$old" ]; then
    (set -C; : >"$backup")
    cp --preserve=all -- "$live" "$backup"
fi
sync -- "$backup" "${live%/*}/"
[ "$(digest "$backup")" = "$old" ] || { printf 'the copy differs\n' >&2; exit 1; }
)sh";

// The attributes come before the content: the key in it is never readable for more people than before. An attribute
// that cp could not set (it is silent about labels) would keep the gateway from reading its keystore.
constexpr std::string_view k_upload = R"sh(
live=$1 staged=$2 new=$3
attributes() { stat -c '%u %g %a' -- "$1"; stat -c %C -- "$1" 2>/dev/null || :; }
(set -C; : >"$staged")
cp --attributes-only --preserve=all -- "$live" "$staged"
cat >"$staged"
sync -- "$staged"
[ "$(attributes "$live")" = "$(attributes "$staged")" ] || { printf 'owner, mode or label cannot be set\n' >&2; exit 1; }
[ "$(digest "$staged")" = "$new" ] || { printf 'the file did not arrive whole\n' >&2; exit 1; }
)sh";

// A live file that is the new one already: an earlier call did it, and its answer was lost. mv -T on one file system is
// one rename(2). On NFS a rename that reports an error may have happened. The log of the restart says that it was not
// begun, until it is: best effort, for it only saves time.
constexpr std::string_view k_swap = R"sh(
live=$1 staged=$2 old=$3 new=$4 log=$5 mark=$6
now=$(digest "$live")
if [ "$now" != "$new" ]; then
    [ "$now" = "$old" ] || exit 90
    [ "$(digest "$staged")" = "$new" ] || { printf 'the uploaded file is not what it was\n' >&2; exit 91; }
    mv -fT -- "$staged" "$live" || { [ "$(digest "$live")" != "$old" ] || exit 91; exit 1; }
fi
sync -- "${live%/*}/"
[ "$(digest "$live")" = "$new" ] || { printf 'the keystore was changed again at once\n' >&2; exit 1; }
[ -z "$mark" ] || (set -C; printf '%s' "$mark" >"$log") 2>/dev/null || :
rm -f -- "$staged"
)sh";

constexpr std::string_view k_look = R"sh(
live=$1 backup=$2 own=$3 log=$4 mark=$5
restart=possible
if [ -f "$log" ] && [ "$(head -c 100 -- "$log")" = "$mark" ]; then restart=none; fi
for left in "$own"*; do rm -f -- "$left"; done
[ ! -d "${live%/*}/" ] || sync -- "${live%/*}/"
printf '%s %s %s' "$(digest "$live")" "$(digest "$backup")" "$restart"
)sh";

// A full disk must not keep the old keystore from coming back: then a second name of the backup takes the place of a
// copy. Each call uses a name of its own, because an earlier call may still be running.
constexpr std::string_view k_put_back = R"sh(
live=$1 backup=$2 old=$3 new=$4 own=$5 copy=$6
for left in "$own"*; do rm -f -- "$left"; done
now=$(digest "$live")
if [ "$now" != "$old" ]; then
    if [ "$now" != "$new" ] && [ "$now" != missing ]; then exit 90; fi
    [ "$(digest "$backup")" = "$old" ] || exit 91
    (set -C; : >"$copy")
    if ! { cp --preserve=all -- "$backup" "$copy" && sync -- "$copy" && [ "$(digest "$copy")" = "$old" ]; }; then
        rm -f -- "$copy"
        ln -- "$backup" "$copy"
    fi
    mv -fT -- "$copy" "$live"
fi
sync -- "${live%/*}/"
[ "$(digest "$live")" = "$old" ] || { printf 'the keystore was changed again at once\n' >&2; exit 1; }
)sh";

constexpr std::string_view k_discard = R"sh(
backup=$1 own=$2
for left in "$own"*; do rm -f -- "$left"; done
rm -f -- "$backup"
)sh";

constexpr std::string_view k_clean = R"sh(
keep=$1
shift
found=0
for backup; do
    [ -f "$backup" ] || continue
    found=$((found + 1))
    [ "$found" -le "$keep" ] || rm -f -- "$backup"
done
)sh";

Command command_of(std::string_view script, std::vector<std::string> args) {
    Command command{.script = std::string(k_digest_function), .args = std::move(args), .timeout = k_file_timeout};
    command.script += script;
    return command;
}

// How the names of all temporary files of a run begin: what the scripts may remove. "/keys/.keystore.jks.umsadm-RUN."
std::string own_prefix(const RunFacts& facts) {
    if (facts.run.empty() || !facts.live_path.starts_with('/')) {
        throw Error(Code::invalid_data, "a run without a name or a keystore cannot be worked on");
    }
    std::string path = staged_path(facts.live_path, facts.run);
    path.resize(path.size() - std::string_view("new").size());
    return path;
}

std::string restart_log(const RunFacts& facts) { return own_prefix(facts) + "log"; }

Error changed_meanwhile(const RunFacts& facts) {
    return Error(Code::failed, fmt::format("{} was changed by somebody else meanwhile", in_quotes(facts.live_path)),
                 "run the command again: it looks at the present keystore");
}

}  // namespace

std::vector<ScriptEnd> back_up_and_upload(RemoteHost& host, const RunFacts& facts, ByteView content) {
    std::array commands{
        command_of(k_back_up,
                   {facts.live_path, facts.backup_path, facts.old_digest, std::to_string(content.size() + k_margin)}),
        command_of(k_upload, {facts.live_path, facts.staged_path, facts.new_digest}),
    };
    commands[1].input = content;
    const auto results =
        with_context("back up the keystore and upload the new one", [&] { return host.run_in_turn(commands); });
    constexpr std::array<std::string_view, 2> k_doing{"back up the keystore", "upload the new keystore"};
    std::vector<ScriptEnd> ends;
    for (const CommandResult& result : results) {
        ScriptEnd& end = ends.emplace_back(ScriptEnd{result.took, std::nullopt});
        if (result.exit_status == k_changed_meanwhile) {
            end.problem = changed_meanwhile(facts);
        } else if (result.exit_status != 0) {
            end.problem = script_error(k_doing[ends.size() - 1], result);
        }
    }
    return ends;
}

void remove_staged_keystore(RemoteHost& host, const RunFacts& facts) {
    run_script(host, "remove the interrupted upload", command_of("rm -f -- \"$1\"", {facts.staged_path}));
}

std::optional<Error> swap_keystore(RemoteHost& host, const RunFacts& facts) {
    constexpr std::string_view k_doing = "put the new keystore into place";
    const CommandResult result =
        host.run(command_of(k_swap, {facts.live_path, facts.staged_path, facts.old_digest, facts.new_digest,
                                     restart_log(facts), facts.restart ? k_not_restarted : ""}));
    if (result.exit_status == k_changed_meanwhile) return changed_meanwhile(facts);
    if (result.exit_status == k_not_possible) return script_error(k_doing, result);
    if (result.exit_status != 0) throw script_error(k_doing, result);
    return std::nullopt;
}

void restart_gateway(RemoteHost& host, const RunFacts& facts, const std::string& command, std::chrono::seconds limit) {
    run_restart_command(host, "restart the gateway", {command}, restart_log(facts), limit);
}

FilesNow disarm_and_look(RemoteHost& host, const RunFacts& facts) {
    const CommandResult result = run_script(host, "look at the keystore",
                                            command_of(k_look, {facts.live_path, facts.backup_path, own_prefix(facts),
                                                                restart_log(facts), k_not_restarted}));
    const std::vector<std::string> words = split(result.text(), ' ');
    if (words.size() != 3) throw Error(Code::failed, "the host's answer about the keystore cannot be understood");
    return {words[0], words[1], words[2] == "none"};
}

void put_keystore_back(RemoteHost& host, const RunFacts& facts) {
    const std::string own = own_prefix(facts);
    const CommandResult result =
        host.run(command_of(k_put_back, {facts.live_path, facts.backup_path, facts.old_digest, facts.new_digest, own,
                                         own + "old-" + random_hex(4)}));
    if (result.exit_status == k_changed_meanwhile) {
        throw Error(Code::failed, fmt::format("{} was changed by somebody else, so it was not overwritten",
                                              in_quotes(facts.live_path)));
    }
    if (result.exit_status == k_not_possible) {
        throw Error(Code::failed, fmt::format("the backup {} is gone or damaged", in_quotes(facts.backup_path)));
    }
    if (result.exit_status != 0) throw script_error("put the backup back", result);
}

void discard_files(RemoteHost& host, const RunFacts& facts) {
    run_script(host, "remove the files of this run", command_of(k_discard, {facts.backup_path, own_prefix(facts)}));
}

void clean_backups(RemoteHost& host, const std::vector<std::string>& backups, int keep) {
    std::vector<std::string> args{std::to_string(keep)};
    args.insert(args.end(), backups.begin(), backups.end());
    run_script(host, "remove old backups", command_of(k_clean, std::move(args)));
}

}  // namespace umsadm
