#include "ums_id_source.hpp"

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/digest.hpp"

#include "ums_id_reading.hpp"

namespace umsadm::app {
namespace {

constexpr std::size_t k_password_bytes = 24;

Secret one_time_password() {
    std::string text = random_hex(k_password_bytes);
    Secret password{std::string_view(text)};
    wipe_memory(text.data(), text.size());
    return password;
}

}  // namespace

bool UmsIdSource::needs_main_server() const noexcept {
    return m_plan.source_for_cli == SyncSource::main_server || m_plan.source_for_file == SyncSource::main_server;
}

bool UmsIdSource::needs_site() const noexcept {
    return m_plan.source_for_cli == SyncSource::site || m_plan.source_for_file == SyncSource::site;
}

void UmsIdSource::prepare() {
    if (needs_site()) m_ums_id = load_main_with_key(m_site, m_main);
    if (needs_main_server()) take_from_main_server();
}

void UmsIdSource::take_from_main_server() {
    if (m_main_server == nullptr) throw Error(Code::failed, "the site has no main server to take the UMS ID from");
    with_context(fmt::format("taking the Main UMS ID from server {}", in_quotes(m_main_server->name)), [&] {
        ServerSession session(m_context, *m_main_server);
        SealedUmsId sealed = session.store()->take();
        if (std::optional<UmsId> ums_id = read_sealed(session, sealed)) {
            if (ums_id->certificate != m_main.certificate) {
                throw Error(Code::failed, "the server gave another UMS ID than the one it shows");
            }
            if (!m_ums_id) m_ums_id = std::move(ums_id);
        }
        // The file of a file store is no backup that a vendor's program would know.
        if (m_main_server->ums_id_store == UmsIdStoreKind::umsadmin_cli) m_backup = std::move(sealed);
    });
}

const UmsId& UmsIdSource::with_key() const {
    if (m_ums_id) return *m_ums_id;
    throw Error(Code::failed,
                "the private key of the Main UMS ID is neither in the site nor in a backup that can be read",
                "the main server gives it away in a format of its own only: a server with a file cannot get it");
}

SealedUmsId UmsIdSource::for_server(ServerSession& server, const UmsIdReading& present, const SealedUmsId* own) const {
    if (const Secret* const password = server.file_password()) {
        return {exchange_ums_id(present.file, with_key(), *password), password->duplicate()};
    }
    if (m_plan.source_for_cli == SyncSource::main_server && m_backup) {
        return {m_backup->content, m_backup->password.duplicate()};
    }
    if (own == nullptr || !is_ums_id_backup(own->content)) {
        throw Error(Code::failed,
                    fmt::format("server {} cannot read the site's backup of the Main UMS ID: {}",
                                in_quotes(server.server().name),
                                own == nullptr ? "it has no UMS ID that shows which format it reads"
                                               : "its own backups are in a format of their own"),
                    "sync from a main server with umsadmin-cli that has the Main UMS ID");
    }
    Secret password = one_time_password();
    return {write_ums_id_backup(with_key(), password), std::move(password)};
}

}  // namespace umsadm::app
