"""
What to look at on site, scenario by scenario, and which earlier findings an item bears on.

The items are those of the campaign's own lists: a short wording in both languages, the kinds of violation that a
failed item points to, and the aggravations it goes with. Whether a fact is a violation is for people to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from planner.enterprises import Scenario
from planner.label import Label
from planner.violations import Aggravation, ViolationKind

if TYPE_CHECKING:
    from collections.abc import Mapping

_OVER, _COMPULSORY = ViolationKind.OVER_COLLECTION, ViolationKind.COMPULSORY
_INDUCED, _USE = ViolationKind.INDUCED, ViolationKind.ILLEGAL_USE
_NOTICE, _RIGHTS = ViolationKind.NO_NOTICE, ViolationKind.RIGHTS
_MINORS, _LOCATION, _FACE = Aggravation.MINORS, Aggravation.PRECISE_LOCATION, Aggravation.FACE


class Item(NamedTuple):
    """One thing to look at: pass, fail or not applicable."""

    item_id: str
    label: Label
    bears_on: frozenset[ViolationKind | Aggravation]


def _item(item_id: str, zh: str, en: str, *bears_on: ViolationKind | Aggravation) -> Item:
    return Item(item_id, Label(zh, en), frozenset(bears_on))


CHECKLISTS: Mapping[Scenario, tuple[Item, ...]] = {
    Scenario.SCAN_TO_ORDER: (
        _item("A1", "首次扫码弹窗告知隐私政策", "first scan shows the privacy policy in a pop-up", _NOTICE),
        _item(
            "A2", "同意、拒绝并列,无默认勾选", "agree and refuse both offered, nothing pre-ticked", _COMPULSORY, _NOTICE
        ),
        _item("A3", "拒绝手机号、昵称头像仍可下单", "phone and nickname refused: can still order", _COMPULSORY, _OVER),
        _item(
            "A4",
            "拒绝位置,仍可手选门店下单",
            "location refused: choose the store by hand, still order",
            _COMPULSORY,
            _LOCATION,
        ),
        _item(
            "A5",
            "不频繁弹窗索要位置、手机号、入会(每单不超过 1 次)",
            "no repeated prompts (at most one in an order)",
            _INDUCED,
            _LOCATION,
        ),
        _item(
            "A6", "不强制、诱导关注公众号或注册会员", "no forced or induced follow or membership", _INDUCED, _COMPULSORY
        ),
        _item(
            "A7",
            "取号、加菜、买单各环节不索要无关信息",
            "queueing, adding dishes, paying: nothing unrelated is asked",
            _OVER,
        ),
        _item(
            "A8", "隐私政策真实、完整,运营主体一致", "policy true and complete, of the right operator", _NOTICE, _USE
        ),
        _item(
            "A9",
            "可关闭定向推送,可注销账号、删除信息",
            "targeted push can be turned off, account closed, data deleted",
            _RIGHTS,
            _USE,
        ),
        _item("A10", "提供纸质菜单或人工点餐", "a paper menu, or staff who take orders", _COMPULSORY),
    ),
    Scenario.PARKING_PAYMENT: (
        _item(
            "B1",
            "出入口、主通道、墙柱、电梯厅显著张贴“纯净版”码",
            "pure code posted at exits, lanes, pillars and lifts",
            _COMPULSORY,
            _INDUCED,
        ),
        _item(
            "B2",
            "扫码直达缴费页,两步完成,不收集任何个人信息",
            "straight to the payment, two steps, nothing collected",
            _OVER,
            _COMPULSORY,
        ),
        _item(
            "B3",
            "不强制、诱导入会、关注、登录",
            "no forced or induced membership, follow or login",
            _COMPULSORY,
            _INDUCED,
        ),
        _item(
            "B4",
            "会员码与缴费码分开,充分提示,仅收相关信息",
            "member code apart from the payment code, clearly marked, minimal",
            _INDUCED,
            _OVER,
        ),
        _item("B5", "不强制同意第三方隐私政策", "no forced consent to a third party's policy", _COMPULSORY, _NOTICE),
        _item(
            "B6",
            "旧码已清除;各层各出入口一致(至少抽 3 处)",
            "old codes removed; at least 3 sampled places agree",
            _COMPULSORY,
            _INDUCED,
        ),
        _item(
            "B7",
            "车牌、进出记录的保存期限与查看权限",
            "how long plates and logs are kept, and who sees them",
            _USE,
            _RIGHTS,
        ),
    ),
    Scenario.CHILDRENS_TRAINING: (
        _item(
            "C1", "有不满十四周岁的专门处理规则或隐私政策", "a rule of its own for children under 14", _NOTICE, _MINORS
        ),
        _item(
            "C2",
            "取得监护人同意并可举证,有拒绝选项",
            "guardian's consent provable, refusal offered",
            _COMPULSORY,
            _NOTICE,
            _MINORS,
        ),
        _item(
            "C3",
            "报名前(咨询、试听)不收集、不诱导填写学员信息",
            "nothing collected or induced at enquiry or trial",
            _OVER,
            _INDUCED,
        ),
        _item("C4", "报名仅收集 4 项必要信息", "enrolment asks for the four items only", _OVER),
        _item(
            "C5", "小程序不强制精准定位、相册、通讯录", "no forced location, album or contacts", _COMPULSORY, _LOCATION
        ),
        _item(
            "C6",
            "人脸签到、课堂视频有单独同意和替代方式",
            "face sign-in and video: separate consent, an alternative",
            _COMPULSORY,
            _FACE,
        ),
        _item(
            "C7",
            "照片宣传、家长群、外包系统已告知并有委托协议",
            "photos, groups and vendors: told, and under contract",
            _USE,
            _NOTICE,
            _MINORS,
        ),
        _item(
            "C8",
            "纸质表加锁,离职收回权限,退费学员信息已删除",
            "paper locked, access withdrawn, data of leavers deleted",
            _RIGHTS,
            _USE,
        ),
        _item("C9", "未成年人个人信息合规审计(年度)及报送", "yearly audit of minors' information filed", _MINORS),
    ),
    Scenario.POWER_BANK_RENTAL: (
        _item(
            "D1",
            "进入租借页前不要求关注、注册、授权头像昵称手机号",
            "nothing demanded before the rental page",
            _COMPULSORY,
            _OVER,
        ),
        _item(
            "D2",
            "拒绝位置仍可租、可还(网点可手选)",
            "location refused: can still rent and return",
            _COMPULSORY,
            _LOCATION,
        ),
        _item(
            "D3",
            "租还全程索权(位置、手机号)不超过 1 次",
            "at most one prompt for location or phone",
            _INDUCED,
            _LOCATION,
        ),
        _item("D4", "隐私政策弹窗,与机柜品牌、主体一致", "policy pop-up, of the cabinet's brand and operator", _NOTICE),
        _item("D5", "可退出登录、注销账号,可关闭定向推送", "log out, close the account, push off", _RIGHTS, _USE),
        _item("D6", "免押渠道(信用分)的信息共享已告知", "sharing with credit-score services is told", _NOTICE, _USE),
    ),
    Scenario.RETAIL: (
        _item(
            "E1",
            "自助收银、注册会员不强制、不诱导留手机号",
            "checkout and membership: no forced or induced phone number",
            _COMPULSORY,
            _OVER,
            _INDUCED,
        ),
        _item(
            "E2", "刷脸支付有单独同意和替代方式", "face payment: separate consent, an alternative", _COMPULSORY, _FACE
        ),
        _item("E3", "摄像头有提示标识,不作人脸比对", "cameras are signed, no face matching", _NOTICE, _USE, _FACE),
        _item("E4", "会员信息对外共享已告知并取得同意", "loyalty data shared only as told and agreed", _USE, _NOTICE),
        _item("E5", "可注销会员、删除信息、退订推送", "membership closed, data deleted, push off on request", _RIGHTS),
    ),
    Scenario.PROPERTY_AGENCY: (
        _item(
            "F1",
            "房东、客户信息来源可说明,仅收必要信息",
            "source of data can be shown, only what is needed is taken",
            _USE,
            _OVER,
        ),
        _item("F2", "委托、授权文件齐全,用途已告知", "authorisations at hand, the use is told", _USE, _NOTICE),
        _item("F3", "营销电话可拒绝,拒绝后不再拨打", "marketing calls can be refused, and then stop", _RIGHTS, _USE),
        _item(
            "F4",
            "看房、咨询不强制、不诱导留手机号或关注",
            "viewing and enquiry: no forced or induced phone number or follow",
            _COMPULSORY,
            _INDUCED,
        ),
    ),
    Scenario.CAR_DEALER: (
        _item(
            "G1",
            "试驾证件复印件的收集、保存、销毁",
            "copies of licences for test drives: taken, kept, destroyed",
            _OVER,
            _RIGHTS,
        ),
        _item(
            "G2",
            "展厅人脸摄像头有提示、单独同意",
            "face cameras in the showroom: signed, separate consent",
            _NOTICE,
            _USE,
            _FACE,
        ),
        _item(
            "G3",
            "线索与其他经销商共享已告知并取得同意",
            "leads shared with other dealers only as told and agreed",
            _USE,
            _NOTICE,
        ),
        _item(
            "G4",
            "看车、询价不强制、不诱导留手机号",
            "looking and asking the price: no forced or induced phone number",
            _COMPULSORY,
            _INDUCED,
        ),
    ),
    Scenario.ONLINE_LENDING: (
        _item(
            "H1",
            "不强制、不诱导开启通讯录、短信、位置权限",
            "no forced or induced access to contacts, messages, location",
            _COMPULSORY,
            _OVER,
            _INDUCED,
            _LOCATION,
        ),
        _item(
            "H2",
            "借款信息对第三方提供已告知并取得同意",
            "data on loans given to third parties only as told and agreed",
            _USE,
            _NOTICE,
        ),
        _item("H3", "可注销账号、删除信息、拒绝营销", "account closed, data deleted, marketing refused", _RIGHTS),
    ),
}
"""The items of each scenario, in the order of a visit."""
