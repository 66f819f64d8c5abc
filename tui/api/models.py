"""The schema: every writable field, declared once, with what POST and PATCH accept for it.

The declarations follow the Orders document (`components/schemas/order`); what PATCH does differently
(`order-partial-update`) is declared beside the field. Forms, validation, import and the sandbox derive from them.
Orders are never rebuilt from these models: the models only check raw documents.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache, reduce
from operator import or_
from types import UnionType
from typing import Annotated, Any, ClassVar, Final, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Len, MaxLen, MinLen
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    create_model,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic.types import Strict
from pydantic_core import ErrorDetails, PydanticCustomError, PydanticKnownError, core_schema

from tui.api.codec import Json
from tui.api.pointer import Pointer
from tui.api.schema_messages import message_for


class Operation(StrEnum):
    """The two write operations: an upsert in a batch, and a partial update."""

    POST = "POST"
    PATCH = "PATCH"


class Kind(StrEnum):
    """The type of a field, as it matters for display and editing."""

    TEXT = "text"
    LINES = "lines"
    WORD = "word"
    """Free text whose values recur in a shop: its orders provide the suggestions."""
    INTEGER = "integer"
    NUMBER = "number"
    MONEY_TEXT = "money_text"
    """An amount sent as text (Q8.4)."""
    BOOL = "bool"
    CHOICE = "choice"
    COUNTRY = "country"
    STATE = "state"
    DATETIME = "datetime"
    DATE_TEXT = "date_text"
    TAGS = "tags"
    JSON = "json"


class Group(StrEnum):
    """The groups of the form, in the order of its tabs."""

    SHIP_TO = "Ship to"
    BILL_TO = "Bill to"
    CUSTOMER = "Customer"
    ITEMS = "Items"
    PAY = "Pay"
    DUTY = "Duty"
    SEND = "Send"
    ORDER = "Order"


@dataclass(frozen=True, slots=True)
class Invalid:
    """One schema error of a document: where, a sentence for users, and pydantic's error type.

    `tolerated`: the schema refuses the value, but the service is known to accept it (Q8.1, Q8.11). `service_detail`:
    pydantic's own message, which is what the service says as well (Q5.1.5).
    """

    pointer: Pointer
    detail: str
    code: str
    tolerated: bool = False
    service_detail: str = ""


def validate_order(document: Json, operation: Operation) -> list[Invalid]:
    """All schema errors of one order for this operation, in document order. Unknown keys are ignored."""
    try:
        _validator(operation).validate_python(document)
    except ValidationError as error:
        return [
            _invalid(problem)
            for problem in error.errors(include_url=False)
            # Lone surrogates are refused by pydantic, not by the service's schema.
            if problem["type"] != "string_unicode"
        ]
    return []


@cache
def _validator(operation: Operation) -> Any:
    """The validator of whole orders. Only it is kept, and it is complete: models that are completed later are not safe in threads."""
    adapter: TypeAdapter[Any] = TypeAdapter(Order if operation is Operation.POST else patch_model(Order))
    adapter.rebuild()
    return adapter.validator


def _invalid(error: ErrorDetails) -> Invalid:
    code, value, context = error["type"], error["input"], error.get("ctx", {})
    tolerated = _is_tolerated(error["loc"], code, value)
    if code == "literal_error" and error["loc"][-1] == "currency" and not tolerated:
        detail = "Must be a currency code of three capital letters, such as EUR"
    else:
        detail = message_for(code, error["msg"], context, value, tolerated=tolerated)
    service_detail = "Input should be an object" if code == "model_type" else error["msg"]
    return Invalid(Pointer.of(*error["loc"]), detail, code, tolerated, service_detail)


def _is_tolerated(location: tuple[int | str, ...], code: str, value: object) -> bool:
    if code != "literal_error" or not isinstance(value, str):
        return False
    if location[-1] == "currency":
        return re.fullmatch("[A-Z]{3}", value) is not None
    return "dangerous_goods" in location and value.upper() in _DANGEROUS_GOODS_CODES


class _Numeric:
    """Accepts a Decimal or an int but no bool, in pydantic's core: large batches have very many numbers."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.union_schema(
            [core_schema.is_instance_schema(Decimal), core_schema.int_schema(strict=True)],
            mode="left_to_right",
            custom_error_type="float_type",
        )


def _integer(value: object) -> object:
    if isinstance(value, Decimal):
        if value.adjusted() > 300 or value.is_infinite():
            # Only sign and magnitude matter here; converting a million digits would take minutes.
            return 10**300 if value > 0 else -(10**300)
        if value == value.to_integral_value():
            return int(value)
        raise PydanticKnownError("int_from_float")
    return value


_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)", re.ASCII
)


def _instant(value: str) -> str:
    match = _INSTANT.fullmatch(value)
    if match is None:
        raise PydanticCustomError(
            "datetime_parsing",
            "Input should be a valid datetime with a time zone, such as 2026-02-27T10:00:00Z",
            {"reason": "time_zone"},
        )
    try:
        # RFC 3339 allows leap seconds, Python does not.
        datetime.fromisoformat(f"{match[1]}T{match[2]}:{'59' if match[3] == '60' else match[3]}")
    except ValueError:
        raise PydanticCustomError(
            "datetime_parsing",
            "Input should be a valid datetime, this day or time does not exist",
            {"reason": "calendar"},
        ) from None
    return value


def _email(value: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", value):
        raise PydanticCustomError("value_error", "Input should be a valid email address, such as name@example.com")
    return value


Text = Annotated[str, Strict()]
Filled = Annotated[Text, MinLen(1)]
Lines = Annotated[Text, Kind.LINES]
Word = Annotated[Text, Kind.WORD]
ProductId = Annotated[Text, MaxLen(70)]
Number = Annotated[Decimal, _Numeric, Kind.NUMBER]
Integer = Annotated[int, BeforeValidator(_integer), Strict(), Kind.INTEGER]
Flag = Annotated[bool, Strict(), Kind.BOOL]
Instant = Annotated[Text, AfterValidator(_instant), Kind.DATETIME]
Email = Annotated[Text, AfterValidator(_email)]
Country = Annotated[Text, Kind.COUNTRY]
OriginCountry = Annotated[Text, Len(2, 2), Kind.COUNTRY]
Province = Annotated[Text, Kind.STATE]
Amount = Annotated[Text, StringConstraints(pattern=r"[\d]+(\.[\d]+)?"), Kind.MONEY_TEXT]
AnyJson = Annotated[dict[str, Any], Kind.JSON]
Tags = Annotated[list[Text], Kind.TAGS]

_SAME: Final = object()
NOT_IN_PATCH: Final = object()


@dataclass(frozen=True, slots=True)
class FieldMeta:
    """What a field declares beyond its type.

    `patch`: the type in PATCH, or NOT_IN_PATCH; `patch_name`: its name there (Q3.5); `immutable`: fixed once the order
    exists (Q1.6); `read_only`: set by the service; `rare`: hidden while empty, unless all fields are shown; `group`: the
    tab of the form.
    """

    patch: Any = _SAME
    patch_name: str | None = None
    immutable: bool = False
    read_only: bool = False
    rare: bool = False
    group: Group | None = None


def _required(label: str, help: str = "", **options: Any) -> Any:
    return Field(title=label, description=help, json_schema_extra=_meta(options))


def _optional(label: str, help: str = "", **options: Any) -> Any:
    # The default stands for "absent"; it is never read.
    return Field(default=None, title=label, description=help, json_schema_extra=_meta(options))


def _meta(options: dict[str, Any]) -> Any:
    return {"meta": FieldMeta(**options)}


def field_meta(info: FieldInfo) -> FieldMeta:
    """The `FieldMeta` that a field of these models was declared with."""
    stored = info.json_schema_extra
    meta: Any = stored.get("meta") if isinstance(stored, dict) else None
    return meta if isinstance(meta, FieldMeta) else FieldMeta()


class Node(BaseModel):
    """An object of the document. `ATOMIC`: must be complete in PATCH too (Q3.7, Q3.10). `ONE_OF`: exactly one of these
    members must be present (Q8.22)."""

    # Only whole orders are validated, so the objects in them need no validators of their own.
    model_config = ConfigDict(extra="ignore", defer_build=True)
    ATOMIC: ClassVar[bool] = False
    ONE_OF: ClassVar[tuple[str, ...]] = ()


WeightUnit = Annotated[Literal["kg", "g", "lbs", "oz"], Kind.CHOICE]
LengthUnit = Annotated[Literal["cm", "mm", "m", "yd", "ft", "in"], Kind.CHOICE]
VolumeUnit = Annotated[Literal["m3", "cm3", "l", "ml", "gal"], Kind.CHOICE]
Currency = Annotated[Literal["EUR", "GBP", "USD"], Kind.CHOICE]


class Price(Node):
    """`price`: the price of an item. Neither member is required (Q8.3)."""

    value: Number = _optional("amount")
    currency: Currency = _optional(
        "currency", "Three capital letters. The API lists EUR, GBP, USD; other codes may work."
    )


class RequiredPrice(Price):
    """`price` in payment details: both members are required."""

    value: Number = _required("amount")
    currency: Currency = _required(
        "currency", "Three capital letters. The API lists EUR, GBP, USD; other codes may work."
    )


class Cost(Node):
    """`costs-object`: the amount is sent as text (Q8.4)."""

    value: Amount | None = _optional("amount", "Digits with a decimal point. Sent as text.")
    currency: Annotated[Text, Kind.WORD] | None = _optional("currency", "Three capital letters.")


class Weight(Node):
    """`weight`"""

    ATOMIC = True
    value: Annotated[Number, Gt(0)] = _required("weight", "Leave it out instead of entering 0.")
    unit: WeightUnit = _required("unit")


class Dimension(Node):
    """`dimension`"""

    ATOMIC = True
    length: Annotated[Number, Ge(0)] = _required("length")
    width: Annotated[Number, Ge(0)] = _required("width")
    height: Annotated[Number, Ge(0)] = _required("height")
    unit: LengthUnit = _required("unit")


class Volume(Node):
    """`volume`: the value is a whole number, unlike all other measures (Q8.12)."""

    ATOMIC = True
    value: Annotated[Integer, Ge(0)] = _required("volume", "A whole number.", rare=True)
    unit: VolumeUnit = _required("unit")


class Measurement(Node):
    """`measurement`"""

    weight: Weight = _optional("weight")
    dimension: Dimension = _optional("size", rare=True)
    volume: Volume = _optional("volume", rare=True)


class DeliveryDates(Node):
    """`delivery-dates`. Its dates may be null in POST only."""

    handover_at: Instant | None = _optional("hand over at", "When the carrier should receive the item.", patch=Instant)
    deliver_at: Instant | None = _optional("deliver at", "When the customer should receive it.", patch=Instant)


class DangerousGoods(Node):
    """`dangerous-goods`. `nullable` has no meaning in OpenAPI 3.1: null is refused (Q8.11)."""

    regulation_set: Annotated[Literal["IATA", "ADR"], Kind.CHOICE] = _optional("regulation")
    id_number: Text = _optional("UN number")
    class_division_number: Text = _optional("class or division")
    proper_shipping_name: Text = _optional("proper shipping name")
    local_proper_shipping_name: Text = _optional("local proper shipping name")
    chemical_record_identifier: Text = _optional("chemical record")
    quantity: Text = _optional("quantity")
    unit_of_measurement: Annotated[Literal["KG", "G", "L", "ML"], Kind.CHOICE] = _optional("unit")
    weight_type: Annotated[Literal["Net", "Gross"], Kind.CHOICE] = _optional("weight type")
    packaging_type: Text = _optional("packaging")
    packaging_type_quantity: Text = _optional("number of packages")
    packaging_instruction_code: Text = _optional("packing instruction")
    commodity_regulated_level_code: Annotated[Literal["LQ", "EQ"], Kind.CHOICE] = _optional("regulated level")
    transportation_mode: Annotated[Literal["Highway", "Ground", "PAX", "CAO"], Kind.CHOICE] = _optional(
        "transport mode"
    )
    adr_packing_group_letter: Annotated[Literal["I", "II", "III"], Kind.CHOICE] = _optional("ADR packing group")
    transport_category: Text = _optional("ADR transport category")
    tunnel_restriction_code: Text = _optional("tunnel code")
    emergency_contact_name: Text = _optional("emergency contact")
    emergency_contact_phone: Text = _optional("emergency phone")


_DANGEROUS_GOODS_CODES: Final = frozenset(
    str(choice).upper()
    for info in DangerousGoods.model_fields.values()
    if get_origin(info.annotation) is Literal
    for choice in get_args(info.annotation)
)


class OrderItem(Node):
    """An entry of `order-items`. PATCH finds an item by its name and cannot add, remove or rename items (Q3.1-3.3)."""

    name: Text = _required("name", "A change of an existing order finds the item by this name.", immutable=True)
    quantity: Annotated[Integer, Gt(0)] = _required("quantity", "At least 1.", patch=Annotated[Integer, Ge(0)])
    unit_price: Price = _optional("unit price", "The price of one before discounts. The platform shows this one.")
    total_price: Price = _required(
        "line total", "Required by the service; the platform computes its own from the unit price."
    )
    sku: Text = _optional("SKU")
    description: Text = _optional("description")
    measurement: Measurement = _optional("measures")
    hs_code: Text = _optional("HS code", "Harmonized System code, needed outside the EU. Zeros and dots are kept.")
    country_of_origin: OriginCountry = _optional("origin", "The country of manufacture: two letters.")
    item_id: Filled = _optional("item id", "The shop's id of this line.", rare=True, patch=Text)
    product_id: Text = _optional("product id", "The shop's id of the product.", rare=True)
    variant_id: Text = _optional("variant id", rare=True, patch=NOT_IN_PATCH)
    ean: Text = _optional("EAN", rare=True, patch=NOT_IN_PATCH)
    manufacturer_product_id: ProductId | None = _optional(
        "MPN", "The manufacturer's or supplier's own code for the product.", rare=True
    )
    manufacturer_product_id_std: ProductId | None = _optional(
        "standard product id",
        "A code issued by a standards body, such as a GTIN. Leave it out if there is none.",
        rare=True,
    )
    image_url: Text = _optional("image", "Shown only if there is a product id.", rare=True, patch=NOT_IN_PATCH)
    mid_code: Text | None = _optional(
        "MID code", "The manufacturer, for formal customs entries into the US.", rare=True
    )
    material_content: Text | None = _optional("material", rare=True)
    intended_use: Text | None = _optional("intended use", "Personal or commercial.", rare=True)
    delivery_dates: DeliveryDates = _optional("delivery dates", rare=True, patch=DeliveryDates | None)
    properties: AnyJson = _optional("properties", "Custom values of the shop.", rare=True)
    dangerous_goods: DangerousGoods = _optional("dangerous goods", rare=True, patch=NOT_IN_PATCH)


class Integration(Node):
    """The shop that an order belongs to. Fixed once the order exists (Q1.6)."""

    id: Integer = _required(
        "integration", "The shop's number in Sendcloud.", immutable=True, patch=Annotated[Integer, Ge(1)]
    )


class Status(Node):
    """A status in the shop's own words (Q8.25)."""

    code: Annotated[Filled, Kind.WORD] = _required("status", "As the shop names it.", patch=Word)
    message: Text = _optional("status text", "The text that people see.", rare=True)


class OrderDetails(Node):
    """`order.order_details`"""

    integration: Integration = _required("shop")
    status: Status = _required("status")
    order_created_at: Instant = _required("ordered at", "When the customer placed the order in the shop.")
    order_updated_at: Instant = _optional("updated at", "When the shop last changed it.", rare=True)
    notes: Lines = _optional("customer note", "The customer's message.", patch=Lines | None)
    tags: Tags = _optional("tags", patch=Tags | None)
    order_items: list[OrderItem] = _required("items", group=Group.ITEMS)


class PaymentStatus(Status):
    """The payment status as the shop names it."""

    code: Annotated[Filled, Kind.WORD] = _required("paid?", "As the shop names it: paid, unpaid, pending …", patch=Word)
    message: Text = _optional("payment text", "The text that people see.", rare=True)


class PaymentDetails(Node):
    """`payment-details`"""

    total_price: RequiredPrice = _required("order total", patch=Price)
    status: PaymentStatus = _required("payment status")
    subtotal_price: RequiredPrice = _optional("subtotal", rare=True, patch=Price)
    estimated_shipping_price: RequiredPrice = _optional("shipping, estimated", rare=True, patch=Price)
    estimated_tax_price: RequiredPrice = _optional("tax, estimated", rare=True, patch=Price)
    discount_granted: Cost = _optional("discount", rare=True)
    insurance_costs: Cost = _optional("insurance", "The amount insured.", rare=True)
    freight_costs: Cost = _optional("freight", rare=True)
    other_costs: Cost = _optional("other costs", rare=True)
    invoice_date: Annotated[Text, Kind.DATE_TEXT] | None = _optional(
        "invoice date", "Free text, usually 2026-07-14.", rare=True
    )
    is_cash_on_delivery: Flag | None = _optional("cash on delivery", rare=True, patch=NOT_IN_PATCH)


class TaxNumber(Node):
    """`tax-number`"""

    name: Text | None = _optional("kind", "VAT, EORI, IOSS …")
    country_code: Country | None = _optional("country")
    value: Text | None = _optional("number")


class TaxNumbers(Node):
    """`customs-details.tax_numbers`"""

    sender: list[TaxNumber] = _optional("sender's tax numbers", rare=True)
    receiver: list[TaxNumber] = _optional("receiver's tax numbers", rare=True)
    importer_of_record: list[TaxNumber] = _optional("importer's tax numbers", rare=True)


class CustomsDetails(Node):
    """`customs-details`"""

    commercial_invoice_number: Text = _optional("commercial invoice")
    shipment_type: Annotated[
        Literal["gift", "commercial_goods", "commercial_sample", "returned_goods"], Kind.CHOICE
    ] = _optional("shipment type", "Why the goods cross the border.")
    export_type: Annotated[Literal["private", "commercial_b2c", "commercial_b2b"], Kind.CHOICE] = _optional(
        "export type"
    )
    tax_numbers: TaxNumbers | None = _optional("tax numbers", rare=True)


class CustomerDetails(Node):
    """`customer-details`. The phone number has another name in PATCH (Q3.5)."""

    name: Text = _required("name")
    phone_number: Text = _optional("phone", patch_name="phone")
    email: Text = _optional("email")


class Address(Node):
    """`shipping-address` and `billing-address`"""

    name: Filled = _required("name")
    company_name: Text = _optional("company")
    address_line_1: Text = _required("street")
    house_number: Text = _optional(
        "house number", "Some carriers print it separately from the street and accept 8 or 20 characters."
    )
    address_line_2: Text = _optional("line 2")
    po_box: Text | None = _optional("PO box", "Required for a PO box or a post locker.", rare=True)
    postal_code: Filled = _required("postcode")
    city: Filled = _required("city")
    country_code: Annotated[Country, MinLen(1)] = _required("country", "A code or a name.")
    state_province_code: Province = _optional("province", "ISO 3166-2, such as IT-RM; required in some countries only.")
    phone_number: Text = _optional("phone")
    email: Email = _optional("email")


class ShippingOption(Node):
    """`shipping-option-code-properties`"""

    ATOMIC = True
    shipping_option_code: Word | None = _required("shipping option", "Carrier and service, such as postnl:standard.")
    contract_id: Annotated[Integer, Ge(1)] | None = _optional(
        "contract", "Leave empty for the carrier's default contract.", rare=True
    )


class ShipWith(Node):
    """`ship-with`"""

    ATOMIC = True
    type: Annotated[Literal["shipping_option_code"], Kind.CHOICE] = _required("chosen by", rare=True)
    properties: ShippingOption = _required("shipping option")


class ShippingDetails(Node):
    """`shipping-details`"""

    delivery_indicator: Word = _optional("delivery wish", "As chosen in the checkout; shipping rules match on it.")
    ship_with: ShipWith = _optional("ship with")
    measurement: Measurement = _optional("parcel")
    is_local_pickup: Flag | None = _optional("local pickup", "The customer collects the order.", rare=True)


class ServicePoint(Node):
    """`service-point`: has exactly one of two ids (Q8.22)."""

    ATOMIC = True
    ONE_OF = ("id", "carrier_service_point_id")
    id: Text = _optional("service point", "Sendcloud's id of the service point, as text.")
    carrier_service_point_id: Text = _optional("carrier's point", "The carrier's id; enter this or the one above.")
    post_number: Text = _optional("post number", "For a Packstation only.", rare=True)
    type: Text = _optional("type", rare=True)
    latitude: Text = _optional("latitude", rare=True)
    longitude: Text = _optional("longitude", rare=True)
    extra_data: AnyJson = _optional("extra data", "Custom values of the carrier.", rare=True)

    @model_validator(mode="before")
    @classmethod
    def _one_id(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        fitting = [key for key in cls.ONE_OF if isinstance(value.get(key), str)]
        if len(fitting) == 1:
            return {key: member for key, member in value.items() if key not in cls.ONE_OF or key in fitting}
        if fitting or not any(key in value for key in cls.ONE_OF):
            names = " and ".join(f"'{name}'" for name in cls.ONE_OF)
            raise PydanticCustomError("one_of", "Input should have exactly one of {names}", {"names": names})
        return value


class Order(Node):
    """`order`, as POST /orders accepts it."""

    shipping_address: Address = _optional("ship to", group=Group.SHIP_TO)
    billing_address: Address = _optional("bill to", group=Group.BILL_TO)
    customer_details: CustomerDetails = _optional("customer", group=Group.CUSTOMER)
    order_details: OrderDetails = _required("order", group=Group.ORDER)
    payment_details: PaymentDetails = _required("payment", group=Group.PAY)
    customs_details: CustomsDetails | None = _optional("customs", group=Group.DUTY)
    shipping_details: ShippingDetails = _optional("shipping", group=Group.SEND)
    service_point_details: ServicePoint = _optional("service point", group=Group.SEND)
    order_number: Filled = _required("order number", "The number the customer sees.", group=Group.ORDER, patch=Text)
    order_id: Filled = _required(
        "order id",
        "The shop's key of the order; fixed once the order exists.",
        group=Group.ORDER,
        immutable=True,
        patch=Text,
    )
    id: Text = _optional("Sendcloud id", group=Group.ORDER, read_only=True)
    created_at: Instant = _optional("came in", "When Sendcloud received it.", group=Group.ORDER, read_only=True)
    modified_at: Instant = _optional("changed", "When Sendcloud last changed it.", group=Group.ORDER, read_only=True)


@cache
def patch_model(model: type[Node]) -> type[Node]:
    """The model for PATCH: nothing required except in `ATOMIC` objects, with PATCH's own types and names."""
    if model is ServicePoint:
        return ServicePoint
    fields: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        if (found := patch_field(model, name)) is not None:
            own, required = found
            annotation = _in_patch(Annotated[own.annotation, *own.metadata] if own.metadata else own.annotation)
            fields[field_meta(info).patch_name or name] = (annotation, ... if required else None)
    return create_model(f"Patch{model.__name__}", __base__=Node, **fields)


def patch_field(model: type[Node], name: str) -> tuple[FieldInfo, bool] | None:
    """The type that PATCH has for a field of this object, and whether it is required; None if PATCH has no such field."""
    info = model.model_fields[name]
    meta = field_meta(info)
    if meta.patch is NOT_IN_PATCH:
        return None
    return info if meta.patch is _SAME else FieldInfo.from_annotation(meta.patch), model.ATOMIC and info.is_required()


def _in_patch(annotation: Any) -> Any:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return Annotated[_in_patch(arguments[0]), *arguments[1:]]
    if origin is list:
        return list.__class_getitem__(_in_patch(arguments[0]))
    if origin is Union or origin is UnionType:
        return reduce(or_, (_in_patch(argument) for argument in arguments))
    if isinstance(annotation, type) and issubclass(annotation, Node):
        return patch_model(annotation)
    return annotation
