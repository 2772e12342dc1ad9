"""What officers wrote down: facts seen, in a line, without a word of law."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .dice import Dice

KIND_SHARES: dict[str, tuple[tuple[str, float], ...]] = {
    "scan_to_order": (
        ("induced", 48),
        ("over_collection", 22),
        ("compulsory", 13),
        ("no_notice", 11),
        ("illegal_use", 2),
        ("rights", 4),
    ),
    "parking_payment": (
        ("induced", 50),
        ("over_collection", 18),
        ("compulsory", 20),
        ("no_notice", 9),
        ("illegal_use", 1),
        ("rights", 2),
    ),
    "childrens_training": (
        ("induced", 16),
        ("over_collection", 38),
        ("no_notice", 26),
        ("compulsory", 10),
        ("illegal_use", 6),
        ("rights", 4),
    ),
    "power_bank_rental": (
        ("induced", 50),
        ("over_collection", 22),
        ("compulsory", 11),
        ("no_notice", 12),
        ("illegal_use", 2),
        ("rights", 3),
    ),
    "retail": (
        ("induced", 42),
        ("over_collection", 27),
        ("no_notice", 14),
        ("compulsory", 9),
        ("illegal_use", 5),
        ("rights", 3),
    ),
    "property_agency": (
        ("over_collection", 34),
        ("induced", 20),
        ("no_notice", 18),
        ("illegal_use", 20),
        ("compulsory", 4),
        ("rights", 4),
    ),
    "car_dealer": (
        ("over_collection", 42),
        ("induced", 20),
        ("no_notice", 18),
        ("illegal_use", 10),
        ("compulsory", 7),
        ("rights", 3),
    ),
    "online_lending": (
        ("over_collection", 34),
        ("compulsory", 24),
        ("illegal_use", 16),
        ("no_notice", 14),
        ("induced", 6),
        ("rights", 6),
    ),
}

NOTES: dict[str, dict[str, tuple[str, ...]]] = {
    "scan_to_order": {
        "induced": (
            "扫码后先弹出入会页面,关闭后再次弹出",
            "点餐页面两次弹窗请求位置,拒绝后第{n}步再次弹出",
            "会员价按钮置顶,非会员下单入口为灰色小字",
            "扫{spot}二维码后先进入公众号关注页,返回后才出现菜单",
            "结账前弹出领券窗口,点“领取”即跳转手机号授权",
            "一次点餐过程中共弹出{n}次入会提示",
            "首页悬浮窗提示开启精准定位,无关闭按钮,需等待{n}秒",
        ),
        "over_collection": (
            "下单页面要求填写手机号和生日,堂食亦同",
            "取号时要求填写姓名和手机号",
            "加菜时再次请求获取微信昵称和头像",
            "入会表单有性别、生日、所在小区{n}项",
            "买单页面请求通讯录和位置权限",
        ),
        "compulsory": (
            "拒绝手机号授权后返回首页,无法下单",
            "拒绝位置授权后页面停在空白,不能手选门店",
            "未关注公众号时付款按钮不可点",
            "拒绝全部授权后提示“请授权后使用”,店员称无纸质菜单",
        ),
        "no_notice": (
            "首次扫码未出现隐私政策弹窗,页面底部亦无链接",
            "隐私政策弹窗只有“同意”一个按钮",
            "登录页“已阅读并同意”默认勾选",
            "隐私政策所列运营者与{spot}码所属小程序主体不一致",
        ),
        "illegal_use": (
            "下单次日收到同一商家营销短信{n}条,短信无退订方式",
            "隐私政策写明向关联公司共享手机号,未见单独同意",
        ),
        "rights": ("小程序内未找到注销账号入口", "个性化推荐无关闭选项", "客服答复删除信息须到店填写表格"),
    },
    "parking_payment": {
        "induced": (
            "扫码缴费先进入会员注册页,跳过按钮在右上角小字",
            "B{n}层墙柱仅张贴会员码,未见纯净版缴费码",
            "缴费成功前两次弹出关注公众号提示",
            "出口闸机旁旧码未清除,扫码进入会员页面",
            "“会员免费{n}小时”为唯一可见按钮,临停缴费需下拉",
        ),
        "over_collection": (
            "缴费页面除车牌外要求手机号",
            "绑定车牌时要求填写姓名和证件后四位",
            "缴费页面请求获取位置和头像昵称",
        ),
        "compulsory": ("不授权手机号不能查询费用", "未关注公众号时无法进入缴费页", "不同意第三方协议则返回上一页"),
        "no_notice": ("缴费页面无隐私政策链接", "隐私政策链接打开后为空白页", "场内未见车牌识别的告知标识"),
        "illegal_use": ("缴费后收到商场促销短信,无退订方式",),
        "rights": ("已绑定的车牌无法解绑", "未找到注销入口,服务台称无法办理"),
    },
    "childrens_training": {
        "induced": (
            "试听预约页反复提示开启定位,拒绝后再次弹出",
            "“免费领课”按钮跳转家长手机号授权",
            "前台请家长扫码入群后才介绍课程",
        ),
        "over_collection": (
            "咨询登记表要求填写学员学校、班级和家庭住址",
            "试听前即收集学员姓名和出生日期",
            "报名表含家长职业、单位、收入{n}项",
            "小程序请求相册和通讯录权限",
            "纸质登记本放在前台,可见其他学员信息",
        ),
        "compulsory": (
            "小程序拒绝精准定位后无法进入课程页",
            "不填写学校班级不能提交报名",
            "不同意拍照宣传条款则不能勾选报名协议",
        ),
        "no_notice": (
            "未见不满十四周岁儿童个人信息处理规则",
            "报名协议中无监护人同意条款,未能出示同意记录",
            "小程序无隐私政策,仅有用户协议",
            "教室摄像头画面供家长观看,未见告知",
        ),
        "illegal_use": (
            "学员照片张贴在店外海报,未能出示监护人同意",
            "家长群内发布含学员姓名电话的名单",
            "外包电话中心持有学员名单,未见委托协议",
        ),
        "rights": ("退费家长要求删除信息,{n}周未处理", "小程序无删除学员档案功能"),
    },
    "power_bank_rental": {
        "induced": (
            "租借全过程{n}次请求位置,拒绝后仍弹出",
            "扫码后先弹出关注公众号页面,关闭按钮不明显",
            "归还后弹出会员月卡页面,确认键与关闭键位置互换",
            "租借页面弹出领券窗口,点击后进入手机号授权",
        ),
        "over_collection": ("租借前要求授权昵称头像和手机号", "归还时再次请求手机号", "免押页面要求填写姓名和证件号"),
        "compulsory": ("拒绝位置授权后无法租借", "不授权手机号则停留在登录页", "未关注公众号时扫码只出现关注页"),
        "no_notice": ("首次扫码无隐私政策弹窗", "隐私政策主体与机柜品牌不一致", "免押选项未告知向信用机构共享信息"),
        "illegal_use": ("租借次日收到合作商户推广短信",),
        "rights": ("未找到注销账号入口", "推送无关闭选项", "退出登录后仍显示手机号"),
    },
    "retail": {
        "induced": (
            "自助收银默认进入会员登录页,“非会员”为小字",
            "结账时店员请顾客扫码入会方可享折扣",
            "电子小票页面弹出入会提示{n}次",
        ),
        "over_collection": ("办理会员要求填写生日、职业和住址", "无理由退货登记要求证件号", "自助收银请求位置权限"),
        "compulsory": ("不登录手机号无法使用自助收银", "不入会不能开具电子发票"),
        "no_notice": ("店内人脸支付设备旁无告知标识", "会员小程序无隐私政策弹窗", "入口摄像头旁未见提示标识"),
        "illegal_use": ("会员手机号用于第三方品牌推广短信", "客流摄像头具备人脸比对功能,已开启"),
        "rights": ("会员注销须邮寄申请表", "促销短信回复退订后仍收到{n}条"),
    },
    "property_agency": {
        "over_collection": (
            "看房登记表要求证件号和工作单位",
            "扫码查看房源要求授权手机号和位置",
            "登记本记录家庭成员{n}项信息",
        ),
        "induced": ("“查看成交价”按钮跳转手机号授权", "门店海报二维码先进入个人微信添加页"),
        "no_notice": ("看房登记表无信息使用说明", "小程序隐私政策未列明共享对象"),
        "illegal_use": (
            "工作电脑内有业主电话名单,未能说明来源",
            "业主称被多名经纪人重复致电",
            "内部群内转发客户证件照片",
        ),
        "compulsory": ("不留手机号不提供房源信息",),
        "rights": ("客户要求停止来电后仍接到{n}次来电",),
    },
    "car_dealer": {
        "over_collection": (
            "试驾登记复印身份证正反面并留存",
            "到店登记要求填写收入和家庭住址",
            "进店扫码要求位置和通讯录权限",
        ),
        "induced": ("“预约试驾”页面默认勾选接受推广", "抽奖页面需填写手机号和购车预算"),
        "no_notice": ("展厅摄像头旁无告知标识", "试驾协议未说明证件复印件保存期限"),
        "illegal_use": ("客户线索表共享给{n}家合作门店,未见单独同意", "展厅客流系统开启人脸识别"),
        "compulsory": ("不提供手机号不能试驾报价",),
        "rights": ("客户要求删除登记信息,销售称系统无此功能",),
    },
    "online_lending": {
        "over_collection": (
            "测额页面请求通讯录和通话记录权限",
            "咨询登记要求填写{n}名联系人电话",
            "理财问卷要求填写配偶信息",
        ),
        "compulsory": ("拒绝通讯录权限后无法查看产品", "不同意信息共享协议不能查询额度"),
        "illegal_use": ("申请页面授权书列有{n}家第三方机构", "电话名单来源无法说明"),
        "no_notice": ("授权书以折叠方式展示,默认勾选", "隐私政策未列明第三方机构名称"),
        "induced": ("首页倒计时窗口提示“立即授权领取额度”",),
        "rights": ("未提供撤回授权的途径", "注销账号需等待{n}天且无进度提示"),
    },
}

SPOTS = ("桌贴", "收银台", "门口", "立牌", "菜单背面")


def kind(dice: Dice, scenario: str, but_not: tuple[str, ...] = ()) -> str:
    """A kind of violation as it falls in the scenario, none of those already found."""
    return dice.weighted([(name, share) for name, share in KIND_SHARES[scenario] if name not in but_not])


def note(dice: Dice, scenario: str, violation_kind: str) -> str:
    """A line of facts that fits scenario and kind."""
    text = dice.pick(NOTES[scenario][violation_kind])
    return text.replace("{n}", str(dice.between(2, 4))).replace("{spot}", dice.pick(SPOTS))


def aggravations(scenario: str, text: str, *, minors: bool) -> tuple[str, ...]:
    """What makes the finding weigh more, read off the facts; pupils' data where the caller says so."""
    found = []
    if minors and scenario == "childrens_training":
        found.append("minors")
    if "定位" in text:
        found.append("precise_location")
    if "人脸" in text:
        found.append("face")
    return tuple(found)
