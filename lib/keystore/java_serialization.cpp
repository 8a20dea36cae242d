#include "lib/keystore/java_serialization.hpp"

#include <cstdint>
#include <optional>
#include <vector>

#include "umsadm/base/error.hpp"

namespace umsadm::keystore {
namespace {

// Java Object Serialization Specification, chapter 6.
constexpr std::uint32_t k_stream_header = 0xACED0005;  // magic and version
constexpr std::uint8_t k_null = 0x70;
constexpr std::uint8_t k_reference = 0x71;
constexpr std::uint8_t k_class = 0x72;
constexpr std::uint8_t k_object = 0x73;
constexpr std::uint8_t k_string = 0x74;
constexpr std::uint8_t k_array = 0x75;
constexpr std::uint8_t k_end_of_block = 0x78;
constexpr std::uint8_t k_serializable = 0x02;
constexpr std::uint32_t k_first_handle = 0x7E0000;

constexpr std::size_t k_serial_version_size = 8;
constexpr int k_deepest_class = 4;         // SealedObjectForKeyProtector, SealedObject; Object is never written
constexpr std::size_t k_most_fields = 16;  // SealedObject has four

// The type code of each field, in the order of its value: '[' is an array, 'L' an object.
using FieldTypes = std::vector<std::uint8_t>;

class SealedObjectParser {
public:
    explicit SealedObjectParser(ByteReader& reader) : m_reader(reader) {}

    void skip() {
        if (m_reader.u4() != k_stream_header || m_reader.u1() != k_object) reject();
        const FieldTypes fields = object_class(0);
        remember({});
        for (const std::uint8_t type : fields) type == '[' ? byte_array() : string_or_null();
    }

private:
    [[noreturn]] static void reject() {
        throw Error(Code::invalid_data, "the keystore holds a secret key entry that cannot be parsed");
    }

    void remember(std::optional<FieldTypes> class_fields) { m_handles.push_back(std::move(class_fields)); }

    void utf() { m_reader.take(m_reader.u2()); }

    std::size_t referenced() {
        const std::uint32_t handle = m_reader.u4();
        if (handle < k_first_handle || handle - k_first_handle >= m_handles.size()) reject();
        return handle - k_first_handle;
    }

    // A class and its superclasses. The values of a superclass come first in the stream.
    FieldTypes object_class(int depth) {
        switch (m_reader.u1()) {
            case k_null: return {};
            case k_reference: return m_handles[referenced()].value_or(FieldTypes{});
            case k_class: break;
            default: reject();
        }
        if (depth == k_deepest_class) reject();
        utf();
        m_reader.take(k_serial_version_size);
        const std::size_t handle = m_handles.size();
        remember({});
        // Any other flag announces data whose shape only the class itself knows.
        if (m_reader.u1() != k_serializable) reject();
        const FieldTypes own = field_types();
        if (m_reader.u1() != k_end_of_block) reject();
        FieldTypes all = object_class(depth + 1);
        all.insert(all.end(), own.begin(), own.end());
        m_handles[handle] = all;
        return all;
    }

    FieldTypes field_types() {
        FieldTypes types(m_reader.u2());
        if (types.size() > k_most_fields) reject();
        for (std::uint8_t& type : types) {
            type = m_reader.u1();
            if (type != '[' && type != 'L') reject();
            utf();
            string_or_null();
        }
        return types;
    }

    void byte_array() {
        switch (m_reader.u1()) {
            case k_null: return;
            case k_reference: referenced(); return;
            case k_array: break;
            default: reject();
        }
        if (!object_class(0).empty()) reject();
        remember({});
        m_reader.take(m_reader.u4());
    }

    void string_or_null() {
        switch (m_reader.u1()) {
            case k_null: return;
            case k_reference: referenced(); return;
            case k_string: break;
            default: reject();
        }
        remember({});
        utf();
    }

    ByteReader& m_reader;
    std::vector<std::optional<FieldTypes>> m_handles;  // the fields, where the handle is a class
};

}  // namespace

void skip_sealed_object(ByteReader& reader) { SealedObjectParser(reader).skip(); }

}  // namespace umsadm::keystore
