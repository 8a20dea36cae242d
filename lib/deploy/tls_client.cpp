#include "lib/deploy/tls_client.hpp"

#include <array>
#include <optional>
#include <span>

#include <arpa/inet.h>
#include <openssl/err.h>

#include "umsadm/base/error.hpp"

namespace umsadm {
namespace {

std::string openssl_reason() {
    const unsigned long code = ERR_peek_error();
    const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    std::string text = reason == nullptr ? "unknown TLS error" : reason;
    ERR_clear_error();
    return text;
}

bool is_address(const std::string& host) {
    std::array<unsigned char, sizeof(in6_addr)> unused{};
    return inet_pton(AF_INET, host.c_str(), unused.data()) == 1 ||
           inet_pton(AF_INET6, host.c_str(), unused.data()) == 1;
}

// What the server showed, noted while the handshake runs.
struct Seen {
    std::vector<openssl::CertPtr> chain;
    bool server_proved = false;
};

// In place of OpenSSL's verification: keeps the chain as sent and accepts it.
int note_chain(X509_STORE_CTX* store, void*) {
    const auto* connection =
        static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto& chain = static_cast<Seen*>(SSL_get_app_data(connection))->chain;
    const STACK_OF(X509)* sent = X509_STORE_CTX_get0_untrusted(store);
    chain.clear();
    for (int i = 0; i < sk_X509_num(sent); ++i) {
        X509_up_ref(sk_X509_value(sent, i));
        chain.emplace_back(sk_X509_value(sent, i));
    }
    return 1;
}

// A client sends its Finished only after the server proved that it has the key. A server that then demands a
// certificate of the client ends the handshake of TLS 1.2 with an alert, but its own certificate has been seen.
void note_message(int is_write, int, int content_type, const void* data, std::size_t size, SSL*, void* seen) {
    const auto* bytes = static_cast<const unsigned char*>(data);
    if (is_write == 1 && content_type == SSL3_RT_HANDSHAKE && size > 0 && bytes[0] == SSL3_MT_FINISHED) {
        static_cast<Seen*>(seen)->server_proved = true;
    }
}

[[noreturn]] void fail_to_prepare() { throw Error(Code::failed, "cannot prepare TLS: " + openssl_reason()); }

openssl::TlsContextPtr make_context() {
    openssl::TlsContextPtr made(SSL_CTX_new(TLS_client_method()));
    SSL_CTX* context = made.get();
    // Level 0: a server that is to be renewed may have a short key or an old signature. It is only looked at.
    if (context == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(context, "DEFAULT:@SECLEVEL=0") != 1) {
        fail_to_prepare();
    }
    // Most of its time a connection waits for the server, and needs no buffers then, of 16 KiB each.
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_options(context, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
    SSL_CTX_set_cert_verify_callback(context, note_chain, nullptr);
    return made;
}

// For all connections, in all threads: to make a context costs as much as a handshake, and nothing in it changes.
SSL_CTX* shared_context() {
    static const openssl::TlsContextPtr context = make_context();
    return context.get();
}

}  // namespace

struct TlsClient::State {
    Stream& stream;
    Seen seen;
    openssl::TlsPtr connection;

    BIO* incoming() const noexcept { return SSL_get_rbio(connection.get()); }
    BIO* outgoing() const noexcept { return SSL_get_wbio(connection.get()); }

    void send_pending(const Deadline& deadline) const {
        std::array<std::uint8_t, 16 * 1024> buffer;
        int count = 0;
        while ((count = BIO_read(outgoing(), buffer.data(), static_cast<int>(buffer.size()))) > 0) {
            stream.write(ByteView(buffer.data(), static_cast<std::size_t>(count)), deadline);
        }
    }

    // Sends what is to be sent and, unless it is `over`, waits for what comes. Returns how the connection ended: in the
    // middle of a handshake that is an answer of the server. One that stays silent gives none.
    std::string exchange(bool over, const Deadline& deadline) const {
        try {
            send_pending(deadline);
            return over || receive(deadline) ? "" : "the connection was closed during the handshake";
        } catch (const Error& error) {
            if (error.code() != Code::unreachable || deadline.passed()) throw;
            return error.message();
        }
    }

    // False at the end of the stream.
    bool receive(const Deadline& deadline) const {
        std::array<std::uint8_t, 16 * 1024> buffer;
        const std::size_t count = stream.read(std::span(buffer), deadline);
        if (count == 0) return false;
        // A memory BIO takes everything.
        BIO_write(incoming(), buffer.data(), static_cast<int>(count));
        return true;
    }
};

TlsClient::TlsClient(Stream& stream, const std::string& server_name)
    : m_state(std::make_unique<State>(State{stream, {}, nullptr})) {
    State& state = *m_state;
    state.connection.reset(SSL_new(shared_context()));
    SSL* connection = state.connection.get();
    BIO* incoming = BIO_new(BIO_s_mem());
    BIO* outgoing = BIO_new(BIO_s_mem());
    if (connection == nullptr || incoming == nullptr || outgoing == nullptr) {
        BIO_free(incoming);
        BIO_free(outgoing);
        fail_to_prepare();
    }
    SSL_set_bio(connection, incoming, outgoing);  // owned by the connection from here on
    SSL_set_app_data(connection, &state.seen);
    SSL_set_msg_callback(connection, note_message);
    SSL_set_msg_callback_arg(connection, &state.seen);
    SSL_set_connect_state(connection);
    // RFC 6066, section 3: no addresses. A name that is too long for SNI is not sent.
    if (!is_address(server_name)) SSL_set_tlsext_host_name(connection, server_name.c_str());
    ERR_clear_error();
}

TlsClient::~TlsClient() = default;

void TlsClient::say_hello(const Deadline& deadline) {
    ERR_clear_error();
    (void)SSL_do_handshake(m_state->connection.get());  // it wants the answer: handshake() will see to that
    (void)m_state->exchange(true, deadline);
}

TlsClient::Handshake TlsClient::handshake(const Deadline& deadline) {
    State& state = *m_state;
    std::optional<std::string> problem;
    while (!problem) {
        ERR_clear_error();
        const int rc = SSL_do_handshake(state.connection.get());
        const int wanted = SSL_get_error(state.connection.get(), rc);
        if (wanted == SSL_ERROR_NONE) problem = "";
        if (wanted != SSL_ERROR_NONE && wanted != SSL_ERROR_WANT_READ) problem = openssl_reason();
        const std::string lost = state.exchange(problem.has_value(), deadline);
        if (!lost.empty() && !problem) problem = lost;
    }
    if (!problem->empty() && !state.seen.server_proved) return {{}, "", *problem};
    return {std::move(state.seen.chain), SSL_get_version(state.connection.get()), *problem};
}

void TlsClient::write(std::string_view text, const Deadline& deadline) {
    ERR_clear_error();
    std::size_t written = 0;
    if (SSL_write_ex(m_state->connection.get(), text.data(), text.size(), &written) != 1) {
        throw Error(Code::unreachable, "the TLS connection was lost: " + openssl_reason());
    }
    m_state->send_pending(deadline);
}

bool TlsClient::read_more(std::string& text, const Deadline& deadline) {
    State& state = *m_state;
    std::array<char, 4096> buffer;
    while (true) {
        ERR_clear_error();
        std::size_t count = 0;
        if (SSL_read_ex(state.connection.get(), buffer.data(), buffer.size(), &count) == 1) {
            text.append(buffer.data(), count);
            return true;
        }
        if (SSL_get_error(state.connection.get(), 0) != SSL_ERROR_WANT_READ) {
            ERR_clear_error();
            return false;
        }
        state.send_pending(deadline);
        if (!state.receive(deadline)) return false;
    }
}

}  // namespace umsadm
