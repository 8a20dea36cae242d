#pragma once

#include <string>
#include <string_view>

#include "umsadm/base/bytes.hpp"
#include "umsadm/base/error.hpp"
#include "umsadm/remote/ssh_key.hpp"

#include "lib/remote/openssl_handles.hpp"

namespace umsadm {

struct SshKey::Data {
    std::string name;
    std::string type;
    Bytes public_blob;
    remote::Pkey key;
};

const SshKey::Data& data_of(const SshKey& key) noexcept;

namespace remote {

struct PublicKey {
    std::string type;
    Bytes blob;
};

// Throws Code::invalid_data, naming the key by `name`, when SSH has no such key type.
PublicKey public_key_of(EVP_PKEY* key, std::string_view name);

// The signature as it stands in "string signature" behind the algorithm's name (RFC 4253, 6.6; RFC 5656, 3.1.2; RFC
// 8332; RFC 8709). `algorithm` is the key's type, or rsa-sha2-512 or rsa-sha2-256 for an RSA key.
Bytes sign_for_ssh(const SshKey& key, std::string_view algorithm, ByteView data);

// Reads the file format of ssh-keygen (OpenSSH, PROTOCOL.key). Throws as SshKey::parse().
Pkey read_openssh_key(std::string_view name, std::string_view file, const Secret* passphrase);

Error passphrase_needed(std::string_view name);
Error wrong_passphrase(std::string_view name);

}  // namespace remote
}  // namespace umsadm
