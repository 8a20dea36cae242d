#include <atomic>
#include <cstdlib>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <openssl/err.h>

#include "umsadm/base/error.hpp"
#include "umsadm/crypto/rehearsal.hpp"

#include "unit/crypto/openssl_referee.hpp"

using namespace umsadm;
using namespace umsadm::test;

namespace {

std::string failure(const PrivateKey& key, const std::vector<Certificate>& chain) {
    try {
        rehearse_tls(key, chain);
    } catch (const Error& error) {
        CHECK(error.code() == Code::failed);
        CHECK(ERR_peek_error() == 0);
        return error.message();
    }
    return "no error";
}

}  // namespace

TEST_CASE("rehearse_tls succeeds with every kind of key", "[crypto]") {
    const OpensslReferee referee;
    const auto algorithm =
        GENERATE(as<std::string>{}, "rsa -pkeyopt rsa_keygen_bits:2048", "ec -pkeyopt ec_paramgen_curve:P-256",
                 "ec -pkeyopt ec_paramgen_curve:P-384", "ec -pkeyopt ec_paramgen_curve:P-521", "ed25519");
    const Certificate root = referee.self_signed("root", "/CN=Root", k_ca);
    const Certificate middle = referee.signed_by("root", "middle", "/CN=Middle", k_ca);
    referee.make_key("leaf", algorithm);
    const Certificate leaf = referee.signed_by("middle", "leaf", "/CN=leaf", k_leaf + "subjectAltName=DNS:a.example\n");
    CHECK(failure(referee.key("leaf"), {leaf, middle, root}) == "no error");
    CHECK(failure(referee.key("leaf"), {leaf}) == "no error");
}

TEST_CASE("rehearse_tls does not care about dates, trust and old digests", "[crypto]") {
    const OpensslReferee referee;
    const Certificate root = referee.self_signed("root", "/CN=Root", k_ca, 3650, "-sha1");
    const Certificate leaf = referee.signed_by("root", "leaf", "/CN=leaf", k_leaf, 1, "-sha1");
    CHECK(failure(referee.key("leaf"), {leaf, root}) == "no error");
}

TEST_CASE("rehearse_tls does not depend on OpenSSL's configuration of this machine", "[crypto]") {
    const OpensslReferee referee;
    write_text(referee.folder() / "strict.cnf",
               "openssl_conf=init\n[init]\nssl_conf=ssl\n[ssl]\nsystem_default=strict\n[strict]\nMinProtocol=TLSv1.3\n"
               "CipherString=DEFAULT@SECLEVEL=5\nGroups=P-521\nSignatureAlgorithms=RSA+SHA512\n");
    // OpenSSL reads the file once per process, so another one plays the successful rehearsals again.
    const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
    const CommandOutput again = referee.run("OPENSSL_CONF=\"$PWD/strict.cnf\" '" + self + "' 'rehearse_tls succeeds*'");
    INFO(again.text);
    CHECK(again.status == 0);
    CHECK(again.contains("All tests passed"));
}

TEST_CASE("rehearse_tls fails with what a gateway could not serve", "[crypto]") {
    const OpensslReferee referee;
    const Certificate root = referee.self_signed("root", "/CN=Root", k_ca);
    const Certificate leaf = referee.signed_by("root", "leaf", "/CN=leaf", k_leaf);
    referee.make_key("other");
    CHECK(
        failure(referee.key("other"), {leaf, root}).starts_with("cannot use the key and the chain in a TLS server: "));
    CHECK(failure(referee.key("leaf"), {root, leaf}).starts_with("cannot use the key and the chain in a TLS server: "));
    CHECK(failure(referee.key("leaf"), {}) == "there is no certificate to rehearse a TLS handshake with");
    referee.make_key("x448", "ed448");
    const Certificate odd = referee.signed_by("root", "x448", "/CN=odd", k_leaf);
    CHECK(failure(referee.key("x448"), {odd, root})
              .starts_with("cannot do a TLS 1.2 handshake with the new key and chain: "));
}

TEST_CASE("rehearsals of several threads know nothing of each other's keys and chains", "[crypto][threads]") {
    const OpensslReferee referee;
    const Certificate root = referee.self_signed("root", "/CN=Root", k_ca);
    const Certificate one = referee.signed_by("root", "one", "/CN=one", k_leaf);
    const Certificate two = referee.signed_by("root", "two", "/CN=two", k_leaf);
    const PrivateKey key_one = referee.key("one");
    const PrivateKey key_two = referee.key("two");
    std::atomic<int> done{0};
    std::atomic<int> refused{0};
    const auto rehearse = [&](const PrivateKey& key, const std::vector<Certificate>& chain) {
        for (int round = 0; round < 10; ++round) {
            try {
                rehearse_tls(key, chain);
                ++done;
            } catch (const Error&) {
                ++refused;
            }
        }
    };
    std::thread first(rehearse, key_one, std::vector{one, root});
    std::thread second(rehearse, key_two, std::vector{two});
    std::thread wrong(rehearse, key_one, std::vector{two, root});
    for (std::thread* thread : {&first, &second, &wrong}) thread->join();
    CHECK(done == 20);
    CHECK(refused == 10);
}
