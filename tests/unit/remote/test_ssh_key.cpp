#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "umsadm/base/encoding.hpp"
#include "umsadm/base/text.hpp"

#include "lib/remote/ssh_key_data.hpp"
#include "unit/remote/sshd_fixture.hpp"

using namespace umsadm;
using namespace umsadm::test;

namespace {

constexpr const char* k_passphrase = "pp 12345";

std::string public_blob(const std::filesystem::path& path) {
    return split(read_text(path.string() + ".pub"), ' ').at(1);
}

std::filesystem::path generate(const TempFolder& folder, const std::string& name, const std::string& options) {
    const auto path = folder.path() / name;
    REQUIRE(shell(fmt::format("ssh-keygen -q -f {} {}", path.string(), options)).status == 0);
    return path;
}

void run_checked(const std::string& command) { REQUIRE(shell(command + " 2>/dev/null").status == 0); }

}  // namespace

TEST_CASE("SshKey reads every format that ssh-keygen writes", "[remote]") {
    const TempFolder folder;
    int count = 0;
    for (const std::string type : {"ed25519", "ecdsa -b 256", "ecdsa -b 384", "ecdsa -b 521", "rsa -b 2048"}) {
        for (const std::string format : {"", "-m PEM", "-m PKCS8"}) {
            if (type == "ed25519" && !format.empty()) continue;  // ssh-keygen writes those in its own format
            const auto plain =
                generate(folder, fmt::format("k{}", ++count), fmt::format("-t {} {} -N ''", type, format));
            const auto encrypted = generate(folder, fmt::format("k{}", ++count),
                                            fmt::format("-t {} {} -N '{}' -a 1", type, format, k_passphrase));
            INFO(type << ' ' << format);
            CHECK(base64_encode(load_key(plain).public_blob()) == public_blob(plain));
            CHECK(base64_encode(load_key(encrypted, k_passphrase).public_blob()) == public_blob(encrypted));
            CHECK(error_of([&] { load_key(encrypted); }).code() == Code::usage);
            const Error wrong = error_of([&] { load_key(encrypted, "wrong"); });
            CHECK(wrong.code() == Code::invalid_data);
            CHECK_THAT(wrong.message(), Catch::Contains("wrong passphrase"));
        }
    }
}

TEST_CASE("SshKey reads every cipher of the OpenSSH format, or names it", "[remote]") {
    const TempFolder folder;
    for (const std::string cipher : {"aes128-ctr", "aes192-ctr", "aes256-ctr", "aes128-cbc", "aes192-cbc", "aes256-cbc",
                                     "aes128-gcm@openssh.com", "aes256-gcm@openssh.com"}) {
        INFO(cipher);
        const auto path = generate(folder, cipher, fmt::format("-t ed25519 -a 1 -Z {} -N '{}'", cipher, k_passphrase));
        CHECK(base64_encode(load_key(path, k_passphrase).public_blob()) == public_blob(path));
        CHECK_THAT(error_of([&] { load_key(path, "x"); }).message(), Catch::Contains("wrong passphrase"));
    }
    const auto chacha =
        generate(folder, "c", fmt::format("-t ed25519 -a 1 -Z chacha20-poly1305@openssh.com -N '{}'", k_passphrase));
    const Error error = error_of([&] { load_key(chacha, k_passphrase); });
    CHECK_THAT(error.message(), Catch::Contains("chacha20-poly1305"));
    CHECK_THAT(error.hint(), Catch::Contains("ssh-keygen -p"));
}

TEST_CASE("SshKey reads the PKCS#8 ed25519 key of openssl", "[remote]") {
    const TempFolder folder;
    const std::string plain = (folder.path() / "plain").string();
    const std::string encrypted = (folder.path() / "encrypted").string();
    run_checked("openssl genpkey -algorithm ed25519 -out " + plain);
    run_checked(fmt::format("openssl pkcs8 -topk8 -v2 aes-256-cbc -passout 'pass:{}' -in {} -out {}", k_passphrase,
                            plain, encrypted));
    const SshKey key = load_key(plain);
    CHECK(key.type() == "ssh-ed25519");
    CHECK(load_key(encrypted, k_passphrase).public_blob() == key.public_blob());
    CHECK_THAT(error_of([&] { load_key(encrypted, "x"); }).message(), Catch::Contains("wrong passphrase"));
}

TEST_CASE("SshKey tells what is no private key", "[remote]") {
    const TempFolder folder;
    const auto path = generate(folder, "key", "-t ed25519 -N ''");
    const auto message = [&](const std::string& text) {
        const Error error = error_of([&] { SshKey::parse("file", as_bytes(text), nullptr); });
        CHECK(error.code() == Code::invalid_data);
        return error.message();
    };
    CHECK_THAT(message(read_text(path.string() + ".pub")), Catch::Contains("public key"));
    CHECK_THAT(message("PuTTY-User-Key-File-3: ssh-ed25519\n"), Catch::Contains("PuTTY"));
    CHECK_THAT(message("hello\n"), Catch::Contains("not a private key"));
    CHECK_THAT(message(""), Catch::Contains("not a private key"));
    run_checked(fmt::format("openssl genpkey -algorithm ed448 -out {}/ed448", folder.path().string()));
    CHECK_THAT(message(read_text(folder.path() / "ed448")), Catch::Contains("not supported"));
    run_checked(fmt::format("openssl ecparam -name secp256k1 -genkey -noout -out {}/k1", folder.path().string()));
    CHECK_THAT(message(read_text(folder.path() / "k1")), Catch::Contains("not supported"));
}

TEST_CASE("a damaged key file gives an error whatever was damaged", "[remote]") {
    const TempFolder folder;
    const std::string begin = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
    const std::string end = "\n-----END OPENSSH PRIVATE KEY-----\n";
    for (const std::string type : {"ed25519", "ecdsa", "rsa -b 1024"}) {
        const auto path = generate(folder, "key" + type.substr(0, 3), fmt::format("-t {} -N ''", type));
        std::string body;
        for (const auto& line : split(read_text(path), '\n')) {
            if (!line.starts_with("-----")) body += line;
        }
        const Bytes bytes = *base64_decode(body);
        const Bytes blob = load_key(path).public_blob();
        for (std::size_t at = 0; at < bytes.size(); at += 3) {
            Bytes flipped = bytes;
            flipped[at] ^= 0x41U;
            const std::string changed = begin + base64_encode(flipped) + end;
            const std::string cut = begin + base64_encode(ByteView(bytes).first(at)) + end;
            CHECK(error_of([&] { SshKey::parse("cut", as_bytes(cut), nullptr); }).code() == Code::invalid_data);
            // What is not checked (comment, padding, unused numbers) may change; then it is still the same key.
            try {
                const Bytes read = SshKey::parse("flipped", as_bytes(changed), nullptr).public_blob();
                CHECK(read == blob);
            } catch (const Error& error) {
                CHECK((error.code() == Code::invalid_data || error.code() == Code::usage));
            }
        }
    }
}

TEST_CASE("a key file that asks for years of key derivation is refused", "[remote]") {
    const TempFolder folder;
    const auto path = generate(folder, "key", fmt::format("-t ed25519 -a 1 -N '{}'", k_passphrase));
    std::string body;
    for (const auto& line : split(read_text(path), '\n')) {
        if (!line.starts_with("-----")) body += line;
    }
    Bytes bytes = *base64_decode(body);
    const auto kdf = as_text(bytes).find("bcrypt");
    const std::size_t rounds = kdf + 6 + 4 + 4 + 16;  // "bcrypt", size of the options, size of the salt, the salt
    bytes[rounds] = 0x7F;
    const std::string text =
        "-----BEGIN OPENSSH PRIVATE KEY-----\n" + base64_encode(bytes) + "\n-----END OPENSSH PRIVATE KEY-----\n";
    const Secret passphrase{std::string_view(k_passphrase)};
    CHECK_THAT(error_of([&] { SshKey::parse("hostile", as_bytes(text), &passphrase); }).message(),
               Catch::Contains("rounds"));
}
