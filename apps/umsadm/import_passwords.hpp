#pragma once

#include <string>
#include <vector>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/secret_source.hpp"

#include "context.hpp"

namespace umsadm::app {

// Where the passwords of imported files come from: of each kind as many as there are files with passwords of their own.
struct ImportPasswords {
    std::vector<SecretSource> keystore;  // of PKCS#12, JKS and JCEKS files
    std::vector<SecretSource> key;       // of encrypted keys, and of keys with another password than their keystore
};

using PasswordSources = std::vector<const SecretSource*>;

// Keys: first those that are meant for them, then those of keystores: an export often has one password for all.
PasswordSources sources_for_keystore(const ImportPasswords& passwords);
PasswordSources sources_for_key(const ImportPasswords& passwords);

// How questions call the password of a keystore: one question for each file.
std::string keystore_password_name(const std::string& file);

// Calls `read` with one password after the other until one fits, which is when it does not throw Code::invalid_data;
// sources after that one are not even asked. With none that fits, throws what was said of the
// last one. `what` names
// the password in questions. Only for files: a token locks itself after a few wrong ones. There must be a source.
template <typename Read>
auto with_fitting_password(Context& ctx, const PasswordSources& sources, const std::string& what, Read read) {
    for (std::size_t i = 0;; ++i) {
        const Secret& password = ctx.secrets.read(*sources[i], what);
        try {
            return read(password);
        } catch (Error& error) {
            if (error.code() != Code::invalid_data) throw;
            if (i + 1 < sources.size()) continue;
            if (i > 0) error.set_hint(fmt::format("none of the {} passwords that were given fits", sources.size()));
            throw;
        }
    }
}

}  // namespace umsadm::app
