#include "lib/crypto/openssl_handles.hpp"

#include <climits>
#include <system_error>

#include <fmt/format.h>
#include <openssl/err.h>

namespace umsadm::openssl {

CleanErrorQueue::CleanErrorQueue() noexcept { ERR_clear_error(); }
CleanErrorQueue::~CleanErrorQueue() { ERR_clear_error(); }

std::string take_reason() {
    // The first entry is the innermost cause ("wrong tag"); later ones only say that something inside failed.
    const unsigned long first = ERR_peek_error();
    std::string reason = "no reason given";
    if (ERR_SYSTEM_ERROR(first)) {
        reason = std::generic_category().message(ERR_GET_REASON(first));
    } else if (const char* text = ERR_reason_error_string(first); text != nullptr) {
        reason = text;
    }
    ERR_clear_error();
    return reason;
}

void fail(std::string_view doing, Code code) { throw Error(code, fmt::format("cannot {}: {}", doing, take_reason())); }

BioPtr reader(ByteView bytes) {
    if (bytes.size() > INT_MAX) throw Error(Code::invalid_data, "a text of more than 2 GiB is not read");
    return BioPtr(require(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())), "allocate memory"));
}

BioPtr secret_writer() { return BioPtr(require(BIO_new(BIO_s_secmem()), "allocate memory")); }

std::string_view written(BIO& bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(&bio, &data);
    return size > 0 ? std::string_view(data, static_cast<std::size_t>(size)) : std::string_view();
}

}  // namespace umsadm::openssl
