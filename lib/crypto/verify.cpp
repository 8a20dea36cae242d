#include <fmt/format.h>

#include "umsadm/base/text.hpp"
#include "umsadm/crypto/chain.hpp"

#include "lib/crypto/certificate_data.hpp"
#include "lib/crypto/chain_tolerances.hpp"

namespace umsadm {
namespace {

void push(STACK_OF(X509) * stack, const Certificate& certificate) {
    X509* x509 = data_of(certificate).x509.get();
    openssl::require(sk_X509_push(stack, x509), "put a chain together");
    X509_up_ref(x509);
}

int pass_tolerated(int ok, X509_STORE_CTX* context) {
    return ok == 1 || is_tolerated(X509_STORE_CTX_get_error(context)) ? 1 : 0;
}

std::string failure_text(X509_STORE_CTX& context, const Chain& chain) {
    std::string reason = X509_verify_cert_error_string(X509_STORE_CTX_get_error(&context));
    const int depth = X509_STORE_CTX_get_error_depth(&context);
    const auto at = static_cast<std::size_t>(depth < 0 ? 0 : depth);
    if (at >= chain.certificates.size()) return reason;
    return fmt::format("{}, at {}", reason, in_quotes(chain.certificates[at].subject()));
}

}  // namespace

std::optional<std::string> verify_server_chain(const Chain& chain, UtcTime now) {
    const openssl::CleanErrorQueue queue;
    constexpr std::string_view doing = "prepare the verification of a chain";
    const openssl::StorePtr store(openssl::require(X509_STORE_new(), doing));
    openssl::require(X509_STORE_add_cert(store.get(), data_of(chain.top()).x509.get()), doing);
    const openssl::CertStackPtr others(openssl::require(sk_X509_new_null(), doing));
    for (const Certificate& certificate : chain.certificates) push(others.get(), certificate);

    const openssl::StoreContextPtr context(openssl::require(X509_STORE_CTX_new(), doing));
    X509* leaf = data_of(chain.leaf()).x509.get();
    openssl::require(X509_STORE_CTX_init(context.get(), store.get(), leaf, others.get()), doing);
    openssl::require(X509_STORE_CTX_set_purpose(context.get(), X509_PURPOSE_SSL_SERVER), doing);
    X509_VERIFY_PARAM* rules = X509_STORE_CTX_get0_param(context.get());
    // Level 1, the default, lets RSA keys of 1024 bits pass.
    X509_VERIFY_PARAM_set_auth_level(rules, 2);
    openssl::require(X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_X509_STRICT), doing);
    X509_STORE_CTX_set_verify_cb(context.get(), pass_tolerated);
    X509_VERIFY_PARAM_set_time(rules, static_cast<std::time_t>(now.time_since_epoch().count()));
    if (X509_verify_cert(context.get()) == 1) return std::nullopt;
    return failure_text(*context, chain);
}

}  // namespace umsadm
