#include "lib/deploy/server_state.hpp"

#include <string>

#include "umsadm/deploy/ums_id_store.hpp"

#include "lib/deploy/script.hpp"

namespace umsadm {
namespace {

// Who locks a folder needs it to be there.
constexpr std::string_view k_make = R"sh(
state_folder "$1"
)sh";

// A transit folder whose lock is held belongs to a script that reads, which needs no lock on the server. A backup that
// did not become whole is none. Beside a PKCS#12 file lie drafts of it.
constexpr std::string_view k_clean = R"sh(
state=$1 file=$2
for left in "$state"/transit-*; do
    [ -d "$left" ] || continue
    (exec 8<"$left" && flock -n 8 && rm -rf -- "$left") || :
done
for left in "$state"/backups/*; do
    if [ -d "$left" ] && [ ! -e "$left/backup" ]; then rm -rf -- "$left"; fi
done
[ -n "$file" ] || exit 0
file=$(readlink -m -- "$file")
for left in "${file%/*}/.${file##*/}.umsadm-"*; do rm -f -- "$left"; done
)sh";

constexpr std::string_view k_note_restart = R"sh(
state_folder "$1"
: >>"$1/restarted"
touch -- "$1/restarted"
)sh";

}  // namespace

void note_restart(RemoteHost& host, const Server& server) {
    run_script(host, "note the restart on the server",
               {.script = std::string(k_state_functions) + std::string(k_note_restart), .args = {server.state_path}});
}

bool lock_server(RemoteHost& host, const Server& server) {
    const std::string functions(k_state_functions);
    run_script(host, "make the state folder on the server",
               {.script = functions + std::string(k_make), .args = {server.state_path}});
    if (!host.lock_folder(server.state_path)) return false;
    const bool is_file = server.ums_id_store == UmsIdStoreKind::file;
    run_script(host, "remove what earlier runs left on the server",
               {.script = std::string(k_clean), .args = {server.state_path, is_file ? server.ums_id_path : ""}});
    return true;
}

}  // namespace umsadm
