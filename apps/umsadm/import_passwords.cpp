#include "import_passwords.hpp"

#include "umsadm/base/text.hpp"

namespace umsadm::app {
namespace {

PasswordSources together(const std::vector<SecretSource>& first, const std::vector<SecretSource>& second) {
    PasswordSources sources;
    for (const SecretSource& source : first) sources.push_back(&source);
    for (const SecretSource& source : second) sources.push_back(&source);
    return sources;
}

}  // namespace

PasswordSources sources_for_keystore(const ImportPasswords& passwords) { return together(passwords.keystore, {}); }

PasswordSources sources_for_key(const ImportPasswords& passwords) {
    return together(passwords.key, passwords.keystore);
}

std::string keystore_password_name(const std::string& file) {
    return fmt::format("password of the keystore {}", in_quotes(file));
}

}  // namespace umsadm::app
