#include "umsadm/crypto/rehearsal.hpp"

#include <string>

#include <fmt/format.h>

#include "lib/crypto/certificate_data.hpp"
#include "lib/crypto/private_key_data.hpp"

namespace umsadm {
namespace {

using openssl::require;

constexpr std::string_view k_preparing = "prepare the rehearsal of a TLS handshake";

struct Protocol {
    int version;
    std::string_view name;
};
constexpr Protocol k_protocols[] = {{TLS1_2_VERSION, "TLS 1.2"}, {TLS1_3_VERSION, "TLS 1.3"}};

// Trust is not the question here; the chain is compared byte by byte.
int accept_any_server(X509_STORE_CTX*, void*) { return 1; }

openssl::TlsContextPtr make_context() {
    openssl::TlsContextPtr context(require(SSL_CTX_new(TLS_method()), k_preparing));
    // All of it spelled out: OpenSSL's configuration file on this machine says nothing about the gateway. Weak keys and
    // digests are findings of the compatibility check, not failures of a handshake.
    SSL_CTX_set_security_level(context.get(), 0);
    require(SSL_CTX_set_cipher_list(context.get(), "ECDHE+AESGCM:ECDHE+CHACHA20"), k_preparing);
    require(SSL_CTX_set_ciphersuites(context.get(), "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384"), k_preparing);
    // Not constants: OpenSSL's macros take pointers to what they do not change.
    std::string groups = "X25519:P-256:P-384:P-521";
    std::string signatures =
        "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:ed25519:"
        "rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:rsa_pss_rsae_sha512:"
        "rsa_pss_pss_sha256:rsa_pss_pss_sha384:rsa_pss_pss_sha512:"
        "RSA+SHA256:RSA+SHA384:RSA+SHA512";
    require(SSL_CTX_set1_groups_list(context.get(), groups.data()), k_preparing);
    require(SSL_CTX_set1_sigalgs_list(context.get(), signatures.data()), k_preparing);
    SSL_CTX_set_mode(context.get(), SSL_MODE_NO_AUTO_CHAIN);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_cert_verify_callback(context.get(), accept_any_server, nullptr);
    return context;
}

// For both ends of every rehearsal, in all threads: to make a context costs as much as a handshake, and nothing in it
// changes. Key and chain belong to one end of one handshake.
SSL_CTX& shared_context() {
    static const openssl::TlsContextPtr context = make_context();
    return *context;
}

void use_as_server(SSL& end, const PrivateKey& key, const std::vector<Certificate>& chain) {
    const openssl::CertStackPtr issuers(require(sk_X509_new_null(), k_preparing));
    for (std::size_t i = 1; i < chain.size(); ++i) {
        X509* x509 = data_of(chain[i]).x509.get();
        require(sk_X509_push(issuers.get(), x509), k_preparing);
        X509_up_ref(x509);
    }
    require(SSL_use_cert_and_key(&end, data_of(chain.front()).x509.get(), data_of(key).key.get(), issuers.get(), 1),
            "use the key and the chain in a TLS server");
    require(SSL_set_num_tickets(&end, 0), k_preparing);
}

openssl::TlsPtr make_end(const Protocol& protocol) {
    openssl::TlsPtr end(require(SSL_new(&shared_context()), k_preparing));
    require(SSL_set_min_proto_version(end.get(), protocol.version), k_preparing);
    require(SSL_set_max_proto_version(end.get(), protocol.version), k_preparing);
    return end;
}

// What one end writes, the other reads. SSL_set_bio takes one reference to each BIO.
void connect(SSL& client, SSL& server) {
    openssl::BioPtr to_server(require(BIO_new(BIO_s_mem()), k_preparing));
    openssl::BioPtr to_client(require(BIO_new(BIO_s_mem()), k_preparing));
    BIO_up_ref(to_server.get());
    BIO_up_ref(to_client.get());
    SSL_set_bio(&client, to_client.get(), to_server.get());
    SSL_set_bio(&server, to_server.release(), to_client.release());
}

// One step of one end. Whether it is done.
bool advance(SSL& end, const Protocol& protocol) {
    const int result = SSL_do_handshake(&end);
    if (result == 1) return true;
    if (SSL_get_error(&end, result) == SSL_ERROR_WANT_READ) return false;
    openssl::fail(fmt::format("do a {} handshake with the new key and chain", protocol.name));
}

void shake_hands(SSL& client, SSL& server, const Protocol& protocol) {
    connect(client, server);
    SSL_set_connect_state(&client);
    SSL_set_accept_state(&server);
    constexpr int most_rounds = 10;  // both protocols need three
    for (int round = 0; round < most_rounds; ++round) {
        const bool client_done = advance(client, protocol);
        const bool server_done = advance(server, protocol);
        if (client_done && server_done) return;
    }
    throw Error(Code::failed, fmt::format("the {} handshake with the new key and chain does not end", protocol.name));
}

void require_same_chain(SSL& client, const std::vector<Certificate>& chain, const Protocol& protocol) {
    const STACK_OF(X509)* seen = SSL_get_peer_cert_chain(&client);
    const int count = seen == nullptr ? 0 : sk_X509_num(seen);
    bool same = static_cast<std::size_t>(count) == chain.size();
    for (int i = 0; same && i < count; ++i) {
        same = openssl::to_der(sk_X509_value(seen, i), i2d_X509, "encode a certificate") ==
               chain[static_cast<std::size_t>(i)].der();
    }
    if (!same) throw Error(Code::failed, fmt::format("a {} client does not see the new chain as it is", protocol.name));
}

}  // namespace

void rehearse_tls(const PrivateKey& key, const std::vector<Certificate>& chain) {
    const openssl::CleanErrorQueue queue;
    if (chain.empty()) throw Error(Code::failed, "there is no certificate to rehearse a TLS handshake with");
    for (const Protocol& protocol : k_protocols) {
        const openssl::TlsPtr server = make_end(protocol);
        use_as_server(*server, key, chain);
        const openssl::TlsPtr client = make_end(protocol);
        shake_hands(*client, *server, protocol);
        require_same_chain(*client, chain, protocol);
    }
}

}  // namespace umsadm
