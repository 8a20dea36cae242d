#include "umsadm/remote/ssh_key.hpp"

#include <cstring>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "lib/remote/ssh_key_data.hpp"

namespace umsadm {
namespace remote {

Error passphrase_needed(std::string_view name) {
    return Error(Code::usage, fmt::format("the key {} is encrypted and needs its passphrase", in_quotes(name)),
                 "say where it comes from with --ssh-key-password, or load the key into an ssh-agent");
}

Error wrong_passphrase(std::string_view name) {
    return Error(Code::invalid_data, fmt::format("wrong passphrase for the key {}", in_quotes(name)));
}

namespace {

constexpr int k_largest_passphrase = 1024;

struct PassphraseRequest {
    const Secret* passphrase;
    bool asked = false;
};

int give_passphrase(char* buffer, int size, int /*for_writing*/, void* context) {
    auto& request = *static_cast<PassphraseRequest*>(context);
    request.asked = true;
    if (request.passphrase == nullptr) return -1;
    const std::string_view text = request.passphrase->reveal();
    if (text.size() > static_cast<std::size_t>(std::min(size, k_largest_passphrase))) return -1;
    std::memcpy(buffer, text.data(), text.size());
    return static_cast<int>(text.size());
}

Pkey read_pem_key(std::string_view name, std::string_view file, const Secret* passphrase) {
    const Bio bio(BIO_new_mem_buf(file.data(), static_cast<int>(file.size())));
    if (bio == nullptr) throw Error(Code::failed, "out of memory");
    PassphraseRequest request{passphrase};
    ERR_set_mark();
    Pkey key(PEM_read_bio_PrivateKey(bio.get(), nullptr, give_passphrase, &request));
    ERR_pop_to_mark();
    if (key != nullptr) return key;
    if (request.asked && passphrase == nullptr) throw passphrase_needed(name);
    if (request.asked) throw wrong_passphrase(name);
    throw Error(Code::invalid_data,
                fmt::format("{} holds a damaged private key, or one of an unknown kind", in_quotes(name)));
}

bool is_public_key(std::string_view file) noexcept {
    return file.starts_with("ssh-") || file.starts_with("ecdsa-sha2-") || file.starts_with("sk-") ||
           file.find("-BEGIN PUBLIC KEY-") != std::string_view::npos ||
           file.find("-BEGIN SSH2 PUBLIC KEY-") != std::string_view::npos;
}

Pkey read_key(std::string_view name, std::string_view file, const Secret* passphrase) {
    if (file.find("-----BEGIN OPENSSH PRIVATE KEY-----") != std::string_view::npos) {
        return read_openssh_key(name, file, passphrase);
    }
    if (file.find("PRIVATE KEY-----") != std::string_view::npos) return read_pem_key(name, file, passphrase);
    if (is_public_key(trim(file))) {
        throw Error(Code::invalid_data, fmt::format("{} is a public key, not a private one", in_quotes(name)),
                    "give the file without .pub at its end");
    }
    if (file.starts_with("PuTTY-User-Key-File")) {
        throw Error(Code::invalid_data, fmt::format("{} is a key of PuTTY", in_quotes(name)),
                    "convert it with \"puttygen KEY -O private-openssh -o NEW\"");
    }
    throw Error(Code::invalid_data, fmt::format("{} is not a private key", in_quotes(name)));
}

}  // namespace
}  // namespace remote

SshKey SshKey::parse(std::string_view name, ByteView file, const Secret* passphrase) {
    auto data = std::make_shared<Data>();
    data->name = name;
    data->key = remote::read_key(name, as_text(file), passphrase);
    remote::PublicKey public_key = remote::public_key_of(data->key.get(), name);
    data->type = std::move(public_key.type);
    data->public_blob = std::move(public_key.blob);
    return SshKey(std::move(data));
}

const std::string& SshKey::name() const noexcept { return m_data->name; }
const std::string& SshKey::type() const noexcept { return m_data->type; }
const Bytes& SshKey::public_blob() const noexcept { return m_data->public_blob; }

const SshKey::Data& data_of(const SshKey& key) noexcept { return *key.m_data; }

}  // namespace umsadm
