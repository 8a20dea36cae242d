#include "ums_id_reading.hpp"

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/file.hpp"
#include "umsadm/base/text.hpp"

#include "input_limit.hpp"

namespace umsadm::app {

UmsId read_ums_id_backup_file(Context& ctx, const std::string& file, const SecretSource& password) {
    return with_context(fmt::format("reading the backup {}", in_quotes(file)), [&] {
        const Bytes content = read_file(file, k_file_limit);
        return read_ums_id_backup(content, ctx.secrets.read(password, "password of the backup"));
    });
}

std::optional<UmsId> read_sealed(ServerSession& server, const SealedUmsId& sealed) {
    if (const Secret* const password = server.file_password()) return read_ums_id_file(sealed.content, *password);
    if (!is_ums_id_backup(sealed.content)) return std::nullopt;
    return read_ums_id_backup(sealed.content, sealed.password);
}

}  // namespace umsadm::app
