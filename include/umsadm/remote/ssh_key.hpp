#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "umsadm/base/bytes.hpp"
#include "umsadm/base/secret.hpp"

namespace umsadm {

// A private key for SSH logins, read once and shared by all connections of a run.
// Formats: OpenSSH, PKCS#8, PKCS#1 and SEC1, plain or encrypted; types: ed25519, ECDSA (p256, p384, p521), RSA.
class SshKey {
public:
    // `name` is the file's name, for messages. Throws Code::invalid_data: no private key (a .pub file is told apart), a
    // type or cipher that is not supported, a wrong passphrase; Code::usage when a passphrase is needed and
    // `passphrase` is null.
    static SshKey parse(std::string_view name, ByteView file, const Secret* passphrase);

    const std::string& name() const noexcept;
    const std::string& type() const noexcept;   // "ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa", ...
    const Bytes& public_blob() const noexcept;  // RFC 4253, 6.6

    struct Data;  // lib/remote/ssh_key_data.hpp

private:
    explicit SshKey(std::shared_ptr<const Data> data) : m_data(std::move(data)) {}
    friend const Data& data_of(const SshKey& key) noexcept;

    std::shared_ptr<const Data> m_data;
};

}  // namespace umsadm
