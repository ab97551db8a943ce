# The whole way of a policy change, on the command line alone: the council answers in 7 working days in place of 10, and
# a review panel of 15 working days comes between stage 1 and stage 2. Cy and Di work on cases; Ann writes drafts, Bo
# approves them. The database is named by REDRESS_DATABASE.

new=council-housing/panel-2027
complaint='--answer channel=email --answer resident=Mary --answer email=mary@example.org --answer description=Lift'

# a case that is open before
redress case log --policy council-housing $complaint --as cy

# the draft: nothing is written twice, and what is wrong is said by file and line
redress policy draft begin council-housing/two-stage-2024 panel-2027 --from today --title "With a panel" --as ann
redress policy draft change deadline $new stage_1.response --within "7 working days" --as ann
redress policy draft change add-stage $new review --title "Panel review" --kind review_panel --after stage_1 \
    --within "15 working days" --as ann
redress policy draft check $new

# its stories: those that tell of dates expect the new ones, those that can no longer happen go
redress policy draft examples $new || echo "The stories do not hold any more, as is meant."
redress policy draft expect $new --leave-out --confirm --as ann
redress policy draft examples $new

# what it would do, and what changed
redress policy simulate $new
redress policy diff council-housing/two-stage-2024 $new

# four eyes
redress policy ask $new --as ann
redress policy approve $new --body Cabinet --minute "12 of today" --as ann && exit 1
redress policy approve $new --body Cabinet --minute "12 of today" --as bo
redress policy publish $new --as bo

# a case under the new version, through its new stage
redress case log --policy council-housing $complaint --as cy
redress case do CH-$YEAR-00002 triage --answer decision=complaint --answer service_area=repairs --as cy
redress case do CH-$YEAR-00002 stage_1.acknowledge --by email --as cy --answer understanding="The lift is broken." \
    --answer outcomes_sought="A lift." --answer responsible_for="The lift" --answer advocacy="Citizens Advice"
redress case do CH-$YEAR-00002 stage_1.respond --by email --as cy --answer outcome=not_upheld \
    --answer decision="We did what we had said." --answer reasons="The log shows it." --answer not_involved=yes \
    --answer lesson="None."
redress case do CH-$YEAR-00002 review.requested --answer reasons="Nobody came." --as cy
redress case do CH-$YEAR-00002 review.convene_panel --as di --answer panel_decision="Heard." \
    --answer members="Two councillors"
redress case do CH-$YEAR-00002 review.respond --by email --as di --answer outcome=upheld \
    --answer decision="You were right." --answer reasons="The log." --answer remedy="An apology" --answer lesson="None." \
    --answer remedy_by=$TODAY
redress case do CH-$YEAR-00002 stage_2.requested --answer reasons="It is still broken." --as cy

# the case that was open before stays where it is, and everything verifies
redress case show CH-$YEAR-00001
redress case show CH-$YEAR-00002
redress policy list
redress verify
redress policy export $new out
redress check out
redress examples out/policies
